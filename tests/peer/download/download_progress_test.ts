/**
 * What is told of how far a download is: bytes as they come, not pieces as they end.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { DownloadProgress, type QueueOwner } from "../../../lib/peer/download/download_progress.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import type { DownloadState } from "../../../lib/peer/download/transfer_state.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TcpRelay } from "../../support/tcp_relay.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";

const PURE = { permissions: "none" } as const;

/** The progress of a file of 10 bytes, and what it tells. */
function progressOf(sources?: () => number) {
  const told: DownloadState[] = [];
  const progress = new DownloadProgress(10, 0, (state) => told.push(state), sources);
  return { progress, told };
}

/** The same once the file may grow. */
function openProgress(kept = 0) {
  const { progress, told } = progressOf();
  if (kept > 0) progress.take(kept, 10, 0);
  progress.open();
  told.length = 0;
  return { progress, told };
}

function sources(...users: string[]): QueueOwner[] {
  return users.map((user) => ({ id: `id of ${user}`, user }));
}

function bytesOf(told: readonly DownloadState[]): number[] {
  return told.map(({ bytes }) => bytes);
}

function phasesOf(told: readonly DownloadState[]): string[] {
  return told.map(({ phase, queue }) => queue ? `${phase} ${queue.user} ${queue.place}` : phase);
}

Deno.test({ name: "bytes count as they come, and never more than there are", ...PURE }, () => {
  const { progress, told } = openProgress();
  progress.arriving(3, 0);
  progress.take(4, 10, 0);
  progress.arriving(20, 0);
  assertEquals(bytesOf(told), [3, 4, 10]);
});

Deno.test({ name: "what is lost with a connection does not go back", ...PURE }, () => {
  const { progress, told } = openProgress();
  progress.arriving(6, 0);
  progress.arriving(1, 0);
  progress.take(4, 10, 0);
  progress.take(8, 10, 0);
  assertEquals(bytesOf(told), [6, 8]);
});

Deno.test({ name: "what was looked at and is no part of the file does not count", ...PURE }, () => {
  const { progress, told } = progressOf();
  progress.take(9, 10, 0);
  progress.take(2, 10, 0);
  progress.open();
  progress.arriving(1, 0);
  assertEquals(told.map(({ phase, bytes, kept }) => [phase, bytes, kept]), [
    ["connecting", 0, 0],
    ["verifying", 9, 9],
    ["verifying", 2, 2],
    ["connecting", 2, 2],
    ["downloading", 3, 2],
  ]);
});

Deno.test({ name: "each time is told how many send, and of how many bytes", ...PURE }, () => {
  let senders = 0;
  const { progress, told } = progressOf(() => senders);
  progress.open();
  senders = 2;
  progress.arriving(3, 0);
  assertEquals(told.map(({ sources, total }) => [sources, total]), [[0, 10], [2, 10]]);
});

Deno.test({ name: "each phase is told once, with the best place in a queue", ...PURE }, () => {
  const { progress, told } = openProgress();
  const queued = sources("hans", "yoda", "chewy");
  progress.queued("id of hans", 7);
  progress.queued("id of yoda", 3);
  for (const now of [999, 1_000, 1_250]) progress.look({ lull: "queue", queued }, now);
  progress.queued("id of hans", 2);
  progress.look({ lull: "queue", queued }, 1_500);
  progress.look({ lull: "queue", queued: sources("yoda") }, 1_750);
  progress.look({ lull: "nobody", queued: [] }, 2_000);
  progress.arriving(1, 2_250);
  progress.finish();
  assertEquals(phasesOf(told), [
    ...["waiting yoda 3", "waiting hans 2", "waiting yoda 3", "connecting"],
    ...["downloading", "finishing"],
  ]);
});

Deno.test({ name: "answers of a queue are nothing that is downloaded", ...PURE }, () => {
  const { progress, told } = openProgress();
  progress.look({ lull: "moving", queued: [] }, 1_000);
  progress.queued("id of hans", 1);
  progress.look({ lull: "moving", queued: sources("hans") }, 1_250);
  assertEquals(phasesOf(told), ["waiting hans 1"]);
});

Deno.test({ name: "a short pause between pieces is no other phase", ...PURE }, () => {
  const { progress, told } = openProgress();
  progress.queued("id of hans", 1);
  progress.arriving(1, 0);
  progress.look({ lull: "queue", queued: sources("hans") }, 900);
  progress.look({ lull: undefined, queued: [] }, 950);
  progress.look({ lull: "sources", queued: [] }, 1_900);
  assertEquals(phasesOf(told), ["downloading"]);
  progress.look({ lull: "sources", queued: [] }, 1_950);
  assertEquals(phasesOf(told), ["downloading", "connecting"]);
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
  const onProgress = ({ bytes }: DownloadState) => {
    told.push(bytes);
    if (told.length === 3) stopping.abort();
  };
  await vader.peer.get("a", { onProgress, signal: stopping.signal }).catch(() => {});
  assertEquals(told[0], 0);
  assert(told.length >= 3 && told[2]! < PIECE_BYTES, String(told));
});

Deno.test("a download that goes on tells what it does, and what was there", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using stack = new AsyncDisposableStack();
  const index = stack.use(new TestIndex());
  const hans = stack.use(await TestPeer.join(index, "hans"));
  const vader = stack.use(await TestPeer.join(index, "vader"));
  const size = 6 * PIECE_BYTES;
  await hans.folder.write("a", someBytes(size));
  await hans.peer.pub("a");
  const stopping = new AbortController();
  const stopSoon = ({ bytes }: DownloadState) => {
    if (bytes >= 3 * PIECE_BYTES) stopping.abort();
  };
  await vader.peer.get("a", { onProgress: stopSoon, signal: stopping.signal }).catch(() => {});
  const told: DownloadState[] = [];
  const gotten = await vader.peer.get("a", { onProgress: (state) => told.push(state) });
  const kept = gotten.kind === "downloaded" ? gotten.kept : 0;
  assert(kept > 0);
  const phases = phasesOf(told).filter((phase, i, all) => phase !== all[i - 1]);
  const expected = ["connecting", "verifying", "connecting", "downloading", "finishing"];
  assertEquals(phases, expected);
  const last = { phase: "finishing" as const, bytes: size, total: size, kept };
  assertEquals(told.at(-1), { ...last, sources: told.at(-1)!.sources, queue: undefined });

  await vader.folder.write("b", someBytes(size));
  told.length = 0;
  await hans.folder.write("b", someBytes(size));
  await hans.peer.pub("b");
  const present = await vader.peer.get("b", { onProgress: (state) => told.push(state) });
  assertEquals(present.kind, "present");
  assertEquals([told.at(-1)?.phase, told.at(-1)?.bytes, told.at(-1)?.kept], [
    "verifying",
    size,
    size,
  ]);
});
