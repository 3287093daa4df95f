/**
 * How many pieces a fetcher asks for at once: as many as its connection is worth.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "../../../lib/peer/download/connection_pool.ts";
import type { PieceReceiver } from "../../../lib/peer/download/download_setting.ts";
import { PieceFetcher } from "../../../lib/peer/download/piece_fetcher.ts";
import { QUICK_PIECE_MS } from "../../../lib/peer/download/requests_in_flight.ts";
import { PiecePicker } from "../../../lib/peer/download/piece_picker.ts";
import type { RequestWatcher } from "../../../lib/peer/download/source_connection.ts";
import type { SourceSlot } from "../../../lib/peer/download/source_list.ts";
import { Swarm } from "../../../lib/peer/download/swarm.ts";
import { waitFor } from "../../support/wait_for.ts";

const PIECES = 20;
const BYTES = 1_000;

/** A source that sends when the test says so. */
class ScriptedSource {
  /** The pieces that were asked for. */
  readonly asked: number[] = [];
  received = 0;
  readonly #waiting: { watcher: RequestWatcher; answer: PromiseWithResolvers<Uint8Array> }[] = [];

  piece(index: number, _length: number, _ticket: string, watcher: RequestWatcher) {
    const answer = Promise.withResolvers<Uint8Array>();
    this.asked.push(index);
    this.#waiting.push({ watcher, answer });
    return answer.promise;
  }

  /** Has the first request wait. */
  queue(): void {
    this.#waiting[0]!.watcher.onQueued(1);
  }

  /** Begins to send what was asked for first: `bytes` of it. */
  begin(bytes: number): void {
    this.#waiting[0]!.watcher.onTurn();
    this.received += bytes;
  }

  /** Ends that. */
  end(): void {
    this.#waiting.shift()!.answer.resolve(new Uint8Array(BYTES));
  }

  close(): void {
    for (const { answer } of this.#waiting.splice(0)) answer.reject(new Error("closed"));
  }
}

/** A fetcher of a file of {@linkcode PIECES} pieces, and its source. */
function fetcherOf(source: ScriptedSource, swarm = new Swarm(PIECES * BYTES)): PieceFetcher {
  const picker = new PiecePicker(Array(PIECES).fill(false));
  const lengthOf = () => BYTES;
  const add = (piece: number) => Promise.resolve(picker.finish(piece));
  const partial = { picker, lengthOf, add } as unknown as PieceReceiver<unknown>;
  const connect = () => Promise.resolve({ connection: source, isUsed: false });
  const slot = { source: { user: "hans", pass: { ticket: "" } }, index: 0 } as SourceSlot;
  const setting = {
    connections: { connect } as unknown as ConnectionPool,
    size: PIECES * BYTES,
    swarm,
    opener: { opening: Promise.resolve(partial), begin: () => {} },
    signal: new AbortController().signal,
    latest: () => slot.source,
    isOver: () => false,
    onPiece: () => {},
    onQueued: () => {},
    onBadPiece: () => {},
    onChanged: () => {},
  };
  return new PieceFetcher(setting, slot);
}

Deno.test("a quick connection has two pieces in flight, a slow one has one", async () => {
  const source = new ScriptedSource();
  const fetcher = fetcherOf(source);
  const running = fetcher.run().catch((error: Error) => error.message);
  const asked = (count: number) => waitFor(`${count} pieces`, () => source.asked.length === count);
  await asked(1);
  source.begin(0);
  source.end();
  await asked(3);
  assertEquals(fetcher.pieces, 2);
  source.begin(0);
  const begun = performance.now();
  await waitFor("a slow piece", () => performance.now() - begun > QUICK_PIECE_MS);
  source.end();
  await waitFor("it to be taken in", () => fetcher.pieces === 1);
  source.begin(0);
  source.end();
  await asked(5);
  assertEquals([fetcher.pieces, source.asked], [2, [0, 1, 2, 3, 4]]);
  fetcher.close();
  assertEquals(await running, "closed");
});

Deno.test("what has come of a piece counts until the piece is complete", async () => {
  const source = new ScriptedSource();
  const fetcher = fetcherOf(source);
  const running = fetcher.run().catch((error: Error) => error.message);
  const arrived = () => [...fetcher.requests].map(({ arrived }) => arrived);
  await waitFor("a request", () => source.asked.length === 1);
  source.received = 300;
  assertEquals(arrived(), [0], "what came before is another's");
  source.begin(400);
  assertEquals(arrived(), [400]);
  source.received += 5_000;
  assertEquals(arrived(), [BYTES]);
  source.end();
  await waitFor("the next requests", () => source.asked.length === 3);
  assertEquals(arrived(), [0, 0]);
  fetcher.close();
  assertEquals(await running, "closed");
});

Deno.test("what waits in a queue when a swarm begins is given up, what comes is not", async () => {
  for (const isQueued of [true, false]) {
    const swarm = new Swarm(PIECES * BYTES);
    const source = new ScriptedSource();
    const fetcher = fetcherOf(source, swarm);
    const running = fetcher.run().then(() => "ended", (error: Error) => error.message);
    await waitFor("a request", () => source.asked.length === 1);
    if (isQueued) source.queue();
    else source.begin(100);
    const nothing = () => {};
    const others = { ask: nothing, askBitmap: nothing, onTurned: nothing, hasRoom: false };
    const member = { ...others, id: "yoda k", isPartial: true };
    swarm.join(member, new PiecePicker(Array(PIECES).fill(false)));
    assertEquals([fetcher.mayBeStale, fetcher.pieces], [isQueued, 1]);
    fetcher.close();
    assertEquals(await running, "closed");
  }
});
