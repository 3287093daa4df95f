/**
 * Sources that have a file in part, honest and not: whatever they say and send, a download is the very
 * file, and who breaks the rules is named and left out.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { encodeChosen } from "../../../lib/protocol/swarm_records.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed, pieceOf } from "../../support/hashed.ts";
import {
  type Behaviour,
  busyUntil,
  honest,
  HostileSource,
  on,
  type Script,
} from "../../support/hostile_source.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { credentialsOf } from "../../support/users.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(5.5 * PIECE_BYTES));
const WANTED = `${FILE.id}:${FILE.size}`;
const PATIENT = { stallMs: 1_000, patienceMs: 20_000 };

/** Gets the file as vader, checks it, and returns what vader was told. */
async function download(index: TestIndex): Promise<string[]> {
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  const notes: string[] = [];
  const onNote = (note: string) => void notes.push(note);
  const gotten = await vader.peer.get(WANTED, { as: "a", onNote });
  assertEquals(gotten.kind, "downloaded");
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
  return notes;
}

/** A source that has all, and has published it. */
async function whole(index: TestIndex, user: string, behaviour: Behaviour = {}) {
  const source = await HostileSource.join(index, user, FILE, behaviour);
  await source.publish("a");
  return source;
}

/** A source that fetches the file itself. */
async function partial(index: TestIndex, user: string, behaviour: Behaviour) {
  const source = await HostileSource.join(index, user, FILE, behaviour);
  await source.tellPart();
  return source;
}

/** The pieces that a source was offered to choose from. */
function offered(source: HostileSource): number[] {
  return source.asked.flatMap((it) => it.verb === "choice" ? it.pieces : []);
}

Deno.test(
  "a whole source whose queue never moves keeps no piece from another",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    const waits = busyUntil(() => false);
    const script: Script = (turn) => {
      const { verb } = turn.request;
      return verb === "pieces" || verb === "choice" ? waits(turn) : honest(turn);
    };
    await using yoda = await whole(index, "yoda", { script });
    await using hans = await whole(index, "hans");
    await using chewy = await partial(index, "chewy", { had: [] });
    assertEquals(await download(index), []);
    assert(hans.asked.length > 0 && yoda.asked.length > 0 && chewy.asked.length > 0);
  },
);

Deno.test(
  "a partial source is asked for what it has, a whole one for the rest",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    await using yoda = await partial(index, "yoda", { had: [1, 3] });
    const isKnown = () => yoda.asked.some(({ verb }) => verb === "have");
    await using hans = await whole(index, "hans", {
      script: on("pieces", async (turn) => {
        await waitFor("the other source to be known", isKnown);
        await honest(turn);
      }),
    });
    assertEquals(await download(index), []);
    assert(yoda.askedPieces.every((piece) => piece === 1 || piece === 3), "only what it has");
    assert(offered(hans).length > 0, "a whole source may choose");
  },
);

Deno.test("a file comes from those who have it in part alone", ON_DISK, async () => {
  await using index = new TestIndex();
  await using _hans = await partial(index, "hans", { had: [0, 2, 4] });
  await using _yoda = await partial(index, "yoda", { had: [1, 3, 5] });
  assertEquals(await download(index), []);
});

Deno.test("cat reads from those who have it in part alone", ON_DISK, async () => {
  await using index = new TestIndex();
  await using _hans = await partial(index, "hans", { had: [0, 2, 4] });
  await using _yoda = await partial(index, "yoda", { had: [1, 3, 5] });
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  const written: Uint8Array[] = [];
  await vader.peer.stream(WANTED, (bytes) => Promise.resolve(void written.push(bytes)));
  assertEquals(Buffer.concat(written).equals(FILE.content), true);
});

Deno.test("a partial source is waited for until it has more", ON_DISK, async () => {
  await using index = new TestIndex();
  let bitmaps = 0;
  const had: number[] = [];
  const script: Script = on("have", async (turn) => {
    had.push(bitmaps++);
    await turn.send(turn.records[0]!);
  });
  await using _yoda = await partial(index, "yoda", { had, script });
  assertEquals(await download(index), []);
  assert(bitmaps >= 6, `${bitmaps} bitmaps`);
});

/** What a partial source does beside a whole one that is honest. */
const LIES: readonly { title: string; isNamed: boolean; had?: number[]; script: Script }[] = [
  {
    title: "claims pieces that it lacks",
    isNamed: false,
    script: on("pieces", ({ reply }) => reply("416")),
  },
  {
    title: "sends another piece",
    isNamed: true,
    script: on("pieces", ({ request, send }) => {
      const first = request.verb === "pieces" ? request.first : 0;
      return send(pieceOf(FILE.content, first === 0 ? 1 : 0));
    }),
  },
  {
    title: "leaves",
    isNamed: false,
    script: on("pieces", ({ connection }) => Promise.resolve(connection.close())),
  },
  {
    title: "has nothing any more",
    isNamed: false,
    script: on("have", ({ reply }) => reply("404")),
  },
  {
    title: "sends a bitmap that is too short",
    isNamed: true,
    script: on("have", ({ send }) => send(new Uint8Array())),
  },
  {
    title: "sends a bitmap that is too long",
    isNamed: true,
    script: on("have", ({ send }) => send(Uint8Array.of(0xff, 0))),
  },
  {
    title: "has pieces beyond the end",
    isNamed: true,
    script: on("have", ({ send }) => send(Uint8Array.of(0xff))),
  },
  {
    title: "sends two bitmaps",
    isNamed: true,
    script: on("have", ({ send, records }) => send(records[0]!, records[0]!)),
  },
];

for (const { title, isNamed, script } of LIES) {
  Deno.test(`a download goes on beside a partial source that ${title}`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using yoda = await partial(index, "yoda", { script });
    // Slow enough that the liar has its turn.
    await using _hans = await whole(index, "hans", {
      script: on("choice", ({ reply, send, records }) => {
        return yoda.asked.length < 2 ? reply("503") : send(...records);
      }),
    });
    const notes = await download(index);
    const isSaid = notes.some((note) => note.startsWith("Going on without yoda"));
    assertEquals(isSaid, isNamed, notes.join("; "));
  });
}

/** What a whole source does that may choose. */
const CHOICES: Readonly<Record<string, Script>> = {
  "sends a piece that it was not offered": ({ send }) => {
    return send(encodeChosen(7), pieceOf(FILE.content, 0));
  },
  "sends another piece than it says": ({ request, send }) => {
    const [piece] = request.verb === "choice" ? request.pieces : [];
    return send(encodeChosen(piece!), pieceOf(FILE.content, piece === 0 ? 1 : 0));
  },
  "sends a piece and no number": ({ send, records }) => send(records[1]!),
  "sends a number of another length": ({ send, records }) => send(new Uint8Array(5), records[1]!),
};

for (const [title, script] of Object.entries(CHOICES)) {
  Deno.test(`a whole source that ${title} is left out`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using _hans = await whole(index, "hans", { script: on("choice", script) });
    await using _chewy = await whole(index, "chewy");
    await using _yoda = await partial(index, "yoda", { had: [] });
    const notes = await download(index);
    assert(notes.some((note) => note.startsWith("Going on without hans")), notes.join("; "));
  });
}

Deno.test("a whole source that gives nothing now is asked again", ON_DISK, async () => {
  await using index = new TestIndex();
  let refusals = 0;
  await using hans = await whole(index, "hans", {
    script: on("choice", ({ reply, send, records }) => {
      return refusals++ < 2 ? reply("503") : send(...records);
    }),
  });
  await using _yoda = await partial(index, "yoda", { had: [] });
  const began = performance.now();
  assertEquals(await download(index), []);
  assert(performance.now() - began >= 1_000, "after a second");
  assert(hans.asked.length < 30, "and not again and again");
});

Deno.test("a file comes although 60 of 64 sources lie", ON_DISK, async () => {
  const users = Array.from({ length: 64 }, (_, i) => `user${i}`);
  await using index = new TestIndex({ credentials: credentialsOf(["vader", ...users]) });
  await using stack = new AsyncDisposableStack();
  const scripts = LIES.map(({ script }) => script);
  for (const [i, user] of users.entries()) {
    if (i >= 60) stack.use(await partial(index, user, { had: [i - 60, i - 58, 4, 5] }));
    else if (i % 4 === 0) stack.use(await whole(index, user, { script: scripts[1]! }));
    else stack.use(await partial(index, user, { script: scripts[i % scripts.length]! }));
  }
  await download(index);
});
