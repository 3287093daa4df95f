/**
 * Every wait of a download ends, and says why: sources that are silent, slow, busy for ever or invented
 * anew, and an index that is silent.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import type { BitTrickleError } from "../../../lib/errors.ts";
import { ConnectionPool } from "../../../lib/peer/download/connection_pool.ts";
import { FileMemory } from "../../../lib/peer/share/file_memory.ts";
import { Getter } from "../../../lib/peer/download/getter.ts";
import { smallDisk } from "../../../lib/peer/download/small_disk_thread.ts";
import { PublishedFiles } from "../../../lib/peer/share/published_files.ts";
import { SharedFolder } from "../../../lib/peer/share/shared_folder.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed, HASHER } from "../../support/hashed.ts";
import {
  busyUntil,
  drip,
  honest,
  HostileSource,
  onPieces,
  type Script,
} from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";
import { failureOf } from "../../support/failures.ts";
import { block } from "../../support/block.ts";
import { waitFor } from "../../support/wait_for.ts";
import type { Connection } from "../../../lib/net/connection.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(2.5 * PIECE_BYTES));
const authority = () => Promise.resolve("");
const PATIENCE_MS = 1_000;
/** A wait that has an end is over by then, on any machine. */
const OVER_MS = 8_000;

/** Takes every connection, and says nothing. */
const SILENT = {
  greet: async (connection: Connection) => void await connection.read(new Uint8Array(1)),
};

/** What `run` fails with, if it fails in time. */
async function failureInTime(run: () => Promise<unknown>): Promise<BitTrickleError> {
  const began = performance.now();
  const error = await failureOf(run);
  const took = performance.now() - began;
  assert(took < OVER_MS, `it took ${took} ms`);
  return error;
}

Deno.test("two silent sources, of which one comes later, are given up", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", { stallMs: 1_500 });
  const asked = Promise.withResolvers<void>();
  const greet = (connection: Connection) => {
    asked.resolve();
    return SILENT.greet(connection);
  };
  await using yoda = await HostileSource.join(index, "yoda", FILE, { greet });
  await yoda.publish("a");
  const stopping = AbortSignal.timeout(OVER_MS);
  const failing = failureInTime(() => {
    return vader.peer.get("a", { patienceMs: 2_500, signal: stopping });
  });
  // So that at no moment both have been given up.
  await asked.promise;
  await using hans = await HostileSource.join(index, "hans", FILE, SILENT);
  await hans.publish("a");
  const { code, message } = await failing;
  assertEquals(code, "timeout");
  assert(/^(yoda|hans): no progress for 1.5 s$/.test(message), message);
});

const ENDLESS: Readonly<Record<string, { script: Script; says: RegExp }>> = {
  "says for ever that it is busy": {
    script: busyUntil(() => false),
    says: /^yoda: its queue does not move on$/,
  },
  "says for ever that it is busy, and every place there is": {
    script: async ({ reply }) => {
      for (let i = 0;; i++) {
        await reply(`429 ${1 + i % 9}`);
        await delay(20);
      }
    },
    says: /^yoda: its queue does not move on$/,
  },
  "sends a few bytes now and then": {
    script: onPieces(drip),
    says: /^yoda: only [0-9]+ bytes came in 0.5 s$/,
  },
  "closes every connection in the middle of a piece": {
    script: onPieces(async ({ reply, connection, stream }) => {
      await reply("200 1");
      await stream.send(new Uint8Array(10));
      connection.close();
    }),
    says: /^yoda: /,
  },
};

for (const [title, { script, says }] of Object.entries(ENDLESS)) {
  Deno.test(`a lone source that ${title} is given up`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using vader = await TestPeer.join(index, "vader", { stallMs: 500 });
    await using yoda = await HostileSource.join(index, "yoda", FILE, { script });
    await yoda.publish("a");
    const signal = AbortSignal.timeout(OVER_MS);
    const { message } = await failureInTime(() => {
      return vader.peer.get("a", { patienceMs: PATIENCE_MS, signal });
    });
    assert(says.test(message), message);
  });
}

Deno.test("sources that an index invents without end are given up", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  using memory = FileMemory.inMemory();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  let invented = 0;
  const ask = (): Promise<Reply> => {
    const user = `user${invented++}`;
    const pass = { ticket: "t", label: "k" };
    const file = { user, name: "", details: { size: FILE.size, id: FILE.id } };
    const sources = [{ ip: "127.0.0.1", port, file, pass }];
    return Promise.resolve({ kind: "sources", sources, more: 0 });
  };
  const files = new PublishedFiles(new SharedFolder(folder.path), memory, HASHER);
  const setting = { ask, folder: folder.path, files, hasher: HASHER, smallDisk: smallDisk() };
  const getter = new Getter({ ...setting, isSealed: true });
  using connections = new ConnectionPool({ stallMs: 500, authority });
  const { code, message } = await failureInTime(() => {
    return getter.get("a", connections, { patienceMs: PATIENCE_MS });
  });
  assertEquals(code, "network");
  assertStringIncludes(message, "Cannot connect to 127.0.0.1");
});

Deno.test("a silent source does not delay the end of a download", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000, patienceMs: 60_000 });
  await using yoda = await HostileSource.join(index, "yoda", FILE, SILENT);
  await using hans = await HostileSource.join(index, "hans", FILE);
  for (const source of [yoda, hans]) await source.publish("a");
  const began = performance.now();
  await vader.peer.get("a");
  assert(performance.now() - began < 4_000);
});

Deno.test("a source that stalled once is asked again", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", { stallMs: 300, patienceMs: 20_000 });
  let asked = 0;
  const script: Script = async (turn) => {
    const isSilent = turn.request.verb === "pieces" && asked++ < 3;
    if (isSilent) await turn.connection.read(new Uint8Array(1));
    else await honest(turn);
  };
  await using yoda = await HostileSource.join(index, "yoda", FILE, { script });
  await yoda.publish("a");
  const notes: string[] = [];
  await vader.peer.get("a", { onNote: (note) => notes.push(note) });
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
  assertEquals(notes, ["Waiting for yoda: no progress for 0.3 s"]);
});

Deno.test("the downloader's own sleep is no source's fault", ON_DISK, async () => {
  await using index = new TestIndex();
  const stallMs = 800;
  await using vader = await TestPeer.join(index, "vader", { stallMs, patienceMs: 900 });
  let asked = 0;
  const script = onPieces(async (turn) => {
    if (asked++ === 0) {
      const timerThatCountsSleep = delay(stallMs);
      block(2_500);
      await timerThatCountsSleep;
    }
    await honest(turn);
  });
  await using yoda = await HostileSource.join(index, "yoda", FILE, { script });
  await yoda.publish("a");
  const notes: string[] = [];
  await vader.peer.get("a", { onNote: (note) => notes.push(note) });
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
  assertEquals(notes, []);
});

Deno.test("get() waits for an index that is away, within its patience", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await using vader = await TestPeer.join(index, "vader", { retransmitMs: [50, 50] });
  await hans.folder.write("a", "content");
  await hans.peer.pub("a");
  let lost = 0;
  index.lose = (datagram) => datagram.startsWith("BT2/m") && ++lost > 0;
  const failure = await failureInTime(() => vader.peer.get("a", { patienceMs: 300 }));
  assertEquals(failure.code, "index_gone");
  assertStringIncludes(failure.message, "No answer from the index");
  const before = lost;
  const getting = vader.peer.get("a", { patienceMs: 20_000 });
  await waitFor("requests that are lost", () => lost >= before + 4);
  index.lose = () => false;
  assertEquals((await getting).kind, "downloaded");
});

Deno.test("an index that is silent during a download ends it, and says so", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", { stallMs: 500, retransmitMs: [50, 50] });
  const script = onPieces(async ({ connection }) => {
    index.lose = (datagram) => datagram.startsWith("BT2/m");
    await Promise.resolve(connection.close());
  });
  await using yoda = await HostileSource.join(index, "yoda", FILE, { script });
  await yoda.publish("a");
  const { code } = await failureInTime(() => vader.peer.get("a", { patienceMs: PATIENCE_MS }));
  assertEquals(code, "index_gone");
  index.lose = () => false;
});
