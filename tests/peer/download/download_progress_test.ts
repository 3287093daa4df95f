/**
 * What is told of how far a download is: bytes as they come, not pieces as they end.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { DownloadProgress } from "../../../lib/peer/download/download_progress.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TcpRelay } from "../../support/tcp_relay.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";

const PURE = { permissions: "none" } as const;

/** A progress, and what it tells. */
function progressOf() {
  const told: [number, number][] = [];
  return { progress: new DownloadProgress((bytes, total) => told.push([bytes, total])), told };
}

Deno.test({ name: "bytes count as they come, and never more than there are", ...PURE }, () => {
  const { progress, told } = progressOf();
  progress.complete(0, 10);
  progress.arriving(3);
  progress.complete(4, 10);
  progress.arriving(20);
  assertEquals(told, [[0, 10], [3, 10], [4, 10], [10, 10]]);
});

Deno.test({ name: "what is lost with a connection does not go back", ...PURE }, () => {
  const { progress, told } = progressOf();
  progress.complete(0, 10);
  progress.arriving(6);
  progress.arriving(1);
  progress.complete(4, 10);
  progress.complete(8, 10);
  assertEquals(told, [[0, 10], [6, 10], [8, 10]]);
});

Deno.test({ name: "what was looked at and is no part of the file does not count", ...PURE }, () => {
  const { progress, told } = progressOf();
  progress.complete(9, 10);
  progress.complete(2, 10);
  progress.arriving(1);
  assertEquals(told, [[9, 10], [2, 10], [3, 10]]);
});

Deno.test({ name: "each time is told how many send", ...PURE }, () => {
  const told: number[] = [];
  let senders = 0;
  const progress = new DownloadProgress((_, __, sources) => told.push(sources), () => senders);
  progress.complete(0, 10);
  senders = 2;
  progress.arriving(3);
  assertEquals(told, [0, 2]);
});

Deno.test("a slow source shows before a piece is complete", { ignore: !MAY_USE_DISK }, async () => {
  await using stack = new AsyncDisposableStack();
  const relayTo = (port: number) => {
    return stack.use(new TcpRelay(port, { bytesPerSecond: 400_000 })).address.port;
  };
  const index = stack.use(
    new TestIndex({ portToTell: (user, port) => user === "hans" ? relayTo(port) : port }),
  );
  const patient = { stallMs: 5_000, patienceMs: 5_000 };
  const hans = stack.use(await TestPeer.join(index, "hans", patient));
  const vader = stack.use(await TestPeer.join(index, "vader", patient));
  await hans.folder.write("a", someBytes(4 * PIECE_BYTES));
  await hans.peer.pub("a");
  const stopping = new AbortController();
  const told: number[] = [];
  const onProgress = (bytes: number) => {
    told.push(bytes);
    if (told.length === 3) stopping.abort();
  };
  await vader.peer.get("a", { onProgress, signal: stopping.signal }).catch(() => {});
  assertEquals(told[0], 0);
  assert(told.length >= 3 && told[2]! < PIECE_BYTES, String(told));
});
