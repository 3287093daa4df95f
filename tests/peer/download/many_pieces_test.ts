/**
 * Files of so many pieces that a thread hashes them and several are in flight on a connection: the
 * rules are those of small ones, and no thread outlives its client.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PartialDownload } from "../../../lib/peer/download/partial_download.ts";
import { PIECES_IN_FLIGHT } from "../../../lib/peer/download/requests_in_flight.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { PieceHasher } from "../../../lib/peer/pieces/piece_hasher.ts";
import { DOWNLOAD_CONNECTIONS } from "../../../lib/protocol/download_limits.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { decodeTransferRequest } from "../../../lib/protocol/transfer.ts";
import { someBytes } from "../../support/bytes.ts";
import { CountedThreads } from "../../support/counted_threads.ts";
import { failureOf } from "../../support/failures.ts";
import { hashed, pieceOf } from "../../support/hashed.ts";
import { type Behaviour, HostileSource, onPieces } from "../../support/hostile_source.ts";
import { untilInThread } from "../../support/in_thread.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const PIECES = 40;
const REQUEST_BYTES = 1_000;
/** Longer than an honest source is ever silent here, however busy the machine is. */
const PATIENT = { stallMs: 5_000, patienceMs: 5_000 };
const FILE = hashed(someBytes(PIECES * PIECE_BYTES));

async function withPeers(
  run: (vader: TestPeer, hans: HostileSource) => Promise<void>,
  behaviour: Behaviour = {},
): Promise<void> {
  await using index = new TestIndex();
  await using hans = await HostileSource.join(index, "hans", FILE, behaviour);
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await hans.publish("a");
  await run(vader, hans);
}

Deno.test(
  "what peers publish and get comes whole, and no thread is left over",
  ON_DISK,
  async () => {
    using threads = new CountedThreads();
    {
      await using index = new TestIndex();
      await using hans = await TestPeer.join(index, "hans", PATIENT);
      await using vader = await TestPeer.join(index, "vader", PATIENT);
      await hans.folder.write("a", FILE.content);
      await hans.peer.pub("a");
      await vader.peer.get("a");
      const copy = await Deno.readFile(vader.folder.pathOf("a"));
      assert(copy.every((byte, i) => byte === FILE.content[i]));
      assertEquals([threads.started, threads.ended], [2, 0], "one for each client");
    }
    assertEquals([threads.started, threads.ended], [2, 2]);
  },
);

Deno.test("a piece is asked for while another one of the connection comes", ON_DISK, async () => {
  const [begun, paired] = [new Set<unknown>(), new Set<unknown>()];
  const script = onPieces(async ({ stream, records, send }) => {
    // How quick the connection is shows with its first piece.
    if (!begun.has(stream) || paired.has(stream)) {
      begun.add(stream);
      return await send(...records);
    }
    paired.add(stream);
    // Before anything is answered.
    const second = decodeTransferRequest((await stream.receive(REQUEST_BYTES))!);
    assert(second.verb === "pieces");
    await send(...records);
    await send(pieceOf(FILE.content, second.first));
  });
  await withPeers(async (vader, hans) => {
    await vader.peer.get("a");
    assertEquals(paired.size, DOWNLOAD_CONNECTIONS);
    assertEquals(hans.askedPieces.length + paired.size, PIECES, "each is asked for once");
  }, { script });
});

Deno.test("one bad piece among many is found, told, and counts for nothing", ON_DISK, async () => {
  let asked = 0;
  const script = onPieces(async (turn) => {
    const { records } = turn;
    const isBad = asked++ === PIECES / 2;
    await turn.send(...isBad ? [records[0]!.with(7, records[0]![7]! ^ 1)] : records);
  });
  await withPeers(async (vader, hans) => {
    const error = await failureOf(() => vader.peer.get("a"));
    assertEquals(error.code, "unverified");
    assertStringIncludes(error.message, "hans: a piece is not the file's");
    await waitFor("the source to be told", () => hans.asked.some(({ verb }) => verb === "bad"));
    hans.behaviour = {};
    const begun = hans.askedPieces.length;
    await vader.peer.get("a");
    const twice = hans.askedPieces.length - PIECES;
    assert(begun > PIECES / 2, `${begun} pieces were asked for before`);
    assert(twice <= DOWNLOAD_CONNECTIONS * PIECES_IN_FLIGHT, `${twice} pieces came twice`);
  }, { script });
});

Deno.test("a piece counts once it is verified and written, not before", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  using hasher = new PieceHasher();
  await untilInThread(hasher);
  const signal = new AbortController().signal;
  const target = new Target(folder.path, "a");
  const counted: number[] = [];
  const onProgress = (bytes: number) => counted.push(bytes / PIECE_BYTES);
  await using partial = await PartialDownload.open(target, FILE, FILE.layer, {
    ...{ signal, hasher, onProgress },
  });
  const pieces = Array.from({ length: PIECES }, (_, i) => i);
  pieces.forEach(() => partial.picker.take("hans"));
  const adding = pieces.map((i) => partial.add(i, pieceOf(FILE.content, i).slice()));
  assertEquals(counted, [0]);
  assertEquals(await Promise.all(adding), Array(PIECES).fill(true));
  assertEquals(counted, [0, ...pieces.map((i) => i + 1)]);
  assertEquals(await partial.add(3, pieceOf(FILE.content, 3).slice()), false);
  const error = await failureOf(() => partial.add(3, pieceOf(FILE.content, 4).slice()));
  assertEquals(error.code, "unverified");
});
