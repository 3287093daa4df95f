/**
 * Sources that misbehave: whatever one sends, a download is either the very file or no file, and who
 * breaks the rules is named and left out.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError, type ErrorCode } from "../../../lib/errors.ts";
import { PIECE_BYTES, STALL_MS } from "../../../lib/protocol/limits.ts";
import { HASH_BYTES } from "../../../lib/protocol/merkle.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed, pieceOf } from "../../support/hashed.ts";
import {
  type Behaviour,
  busyUntil,
  HostileSource,
  onLayer,
  onPieces,
  stall,
  type Turn,
} from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(2.5 * PIECE_BYTES));
const PART = `.a.${FILE.id.slice(0, 8)}-${FILE.size}.part`;
const OTHER = hashed(someBytes(2.5 * PIECE_BYTES, 2));
/** For the case that waits for its end: on a busy machine honest sources are silent for longer. */
const SHORT_STALL_MS = 1_000;
/** Patience of downloads in milliseconds: on a busy machine the first may end before the source begins. */
const PATIENCES_MS = [400, 2_000, 10_000];
const LONG_LINE = new Uint8Array(100_000).fill(0x61);

/** A source's behaviour, and what becomes of a download that has no other source. */
interface Case extends Behaviour {
  readonly title: string;
  readonly code?: ErrorCode;
}

/** What a person is told of a source that fails in one of these ways. */
const NOTES: { readonly [code in ErrorCode]?: readonly string[] } = {
  unverified: ["Going on without yoda"],
  timeout: ["Waiting for yoda"],
};

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1);
}

function longer(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, HASH_BYTES), ...Array(bytes.length).fill(0));
}

/** Begins a record of the right length, sends `bytes` of it and leaves. */
async function cutAfter({ reply, connection, records }: Turn, bytes: number): Promise<void> {
  await reply("200 1");
  const frame = new Uint8Array(4 + bytes);
  new DataView(frame.buffer).setUint32(0, records[0]!.length);
  await connection.write(frame);
  connection.close();
}

const CASES: readonly Case[] = [
  { title: "flips a bit of a piece", script: onPieces((it) => it.send(flipped(it.records[0]!))) },
  { title: "sends a short piece", script: onPieces((it) => it.send(it.records[0]!.subarray(1))) },
  { title: "sends an empty piece", script: onPieces((it) => it.send(new Uint8Array())) },
  {
    title: "sends a larger record than it was asked for",
    script: onPieces((it) => it.send(new Uint8Array(PIECE_BYTES + 1))),
  },
  {
    title: "announces more records than it was asked for",
    script: onPieces((it) => it.send(it.records[0]!, it.records[0]!)),
  },
  {
    title: "sends records without end",
    script: onPieces(async (it) => {
      await it.send(it.records[0]!.map((byte) => byte ^ 1));
      for (;;) await it.stream.send(it.records[0]!);
    }),
  },
  {
    title: "sends one piece for another",
    script: onPieces(({ request, send }) => {
      return send(pieceOf(FILE.content, request.verb === "pieces" && request.first === 0 ? 1 : 0));
    }),
  },
  {
    title: "sends pieces of another file of the same size",
    script: onPieces(({ request, send }) => {
      return send(pieceOf(OTHER.content, request.verb === "pieces" ? request.first : 0));
    }),
  },
  {
    title: "sends the hashes of another file of the same size",
    script: onLayer((it) => it.send(OTHER.layer)),
  },
  {
    title: "sends too few hashes",
    script: onLayer((it) => it.send(it.records[0]!.subarray(HASH_BYTES))),
  },
  { title: "sends too many hashes", script: onLayer((it) => it.send(longer(it.records[0]!))) },
  {
    title: "answers and stalls",
    code: "timeout",
    script: onPieces(async (it) => {
      await it.reply("200 1");
      await stall(it);
    }),
  },
  { title: "answers in words of its own", script: onPieces((it) => it.reply("200 OK")) },
  {
    title: "answers what is no record",
    script: onPieces((it) => it.connection.write(LONG_LINE)),
  },
  {
    title: "does not speak the protocol",
    greet: (it) => it.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n")),
  },
  {
    title: "answers the first request with a line without end",
    greet: (it) => it.write(LONG_LINE),
  },
  {
    title: "closes the connection within a piece",
    code: "network",
    script: onPieces((it) => cutAfter(it, 3)),
  },
  {
    title: "closes the connection between the length of a record and the record",
    code: "network",
    script: onPieces((it) => cutAfter(it, 0)),
  },
  {
    title: "queues the downloader and closes the connection",
    code: "network",
    script: onPieces(async (it) => {
      await it.reply("429 7");
      it.connection.close();
    }),
  },
  {
    title: "closes the connection at once",
    code: "network",
    greet: (it) => Promise.resolve(it.close()),
  },
];

for (const { title, code = "unverified", ...behaviour } of CASES) {
  Deno.test(`a source that ${title} spoils nothing`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using yoda = await HostileSource.join(index, "yoda", FILE, behaviour);
    const stallMs = code === "timeout" ? SHORT_STALL_MS : STALL_MS;
    await using vader = await TestPeer.join(index, "vader", { stallMs });
    await yoda.publish("a");

    const error = await failsToGet(vader, code);
    assertEquals(error.code, code, error.message);
    assertStringIncludes(error.message, "yoda: ");
    await assertNothingBut(PART, vader);

    const notes: string[] = [];
    const before = yoda.asked.length;
    const isOver = () => code === "network" ? yoda.asked.length > before : notes.length > 0;
    const script = busyUntil(() => behaviour.greet !== undefined || isOver());
    await using hans = await HostileSource.join(index, "hans", FILE, { script });
    await hans.publish("a");
    await vader.peer.get("a", { onNote: (note) => notes.push(note), patienceMs: 10_000 });
    assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
    assertEquals(await vader.folder.names(), ["a"]);
    const named: readonly unknown[] = notes.map((note) => note.split(":")[0]);
    const expected = NOTES[code] ?? [];
    if (!behaviour.greet || named.length > 0) assertEquals(named, expected);
  });
}

/** Fails to get the file, with `code` unless it fails with another however long it waits. */
async function failsToGet({ peer }: TestPeer, code: ErrorCode): Promise<BitTrickleError> {
  let error: BitTrickleError | undefined;
  for (const patienceMs of PATIENCES_MS) {
    error = await assertRejects(() => peer.get("a", { patienceMs }), BitTrickleError);
    if (error.code === code) break;
  }
  return error!;
}

/** The folder holds nothing but perhaps `part`, no larger than the file and a piece. */
async function assertNothingBut(part: string, { folder }: TestPeer): Promise<void> {
  const names = await folder.names();
  assert(names.every((name) => name === part), `${names}`);
  if (names.length === 0) return;
  const { size } = await Deno.stat(folder.pathOf(part));
  assert(size <= FILE.size + PIECE_BYTES, `${size} bytes`);
}
