/**
 * Who gets the places of a sealed source, and what those hear who wait.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { ByteReader } from "../../../lib/net/byte_reader.ts";
import type { Connection } from "../../../lib/net/connection.ts";
import { type UploadJob, UploadPool } from "../../../lib/peer/upload/upload_pool.ts";
import {
  PIECE_BYTES,
  PIECES_PER_REQUEST,
  PLACES_PER_USER,
  UPLOAD_POOL,
} from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestUploads } from "../../support/test_uploads.ts";
import { waitFor } from "../../support/wait_for.ts";

/** A job that runs until the test ends it. */
class Job implements UploadJob {
  readonly positions: number[] = [];
  readonly reminders: number[] = [];
  readonly #end = Promise.withResolvers<void>();
  isRunning = false;

  constructor(readonly user: string) {}

  async run(): Promise<void> {
    this.isRunning = true;
    await this.#end.promise;
    this.isRunning = false;
  }

  onWait(position: number, isReminder: boolean): void {
    (isReminder ? this.reminders : this.positions).push(position);
  }

  finish(): void {
    this.#end.resolve();
  }
}

/** Puts `count` jobs of `user` into the pool. */
function add(pool: UploadPool, user: string, count: number): Job[] {
  const jobs = Array.from({ length: count }, () => new Job(user));
  for (const job of jobs) pool.add(job);
  return jobs;
}

function running(jobs: readonly Job[]): Job[] {
  return jobs.filter(({ isRunning }) => isRunning);
}

Deno.test("a user with many requests keeps two places while others wait", async () => {
  const pool = new UploadPool();
  const greedy = add(pool, "vader", 20);
  await waitFor("all places to be taken", () => pool.running === UPLOAD_POOL);
  const others = [...add(pool, "yoda", 4), ...add(pool, "chewy", 4)];
  for (let i = 0; i < UPLOAD_POOL - PLACES_PER_USER; i++) {
    running(greedy)[0]!.finish();
    await waitFor("another's turn", () => running(others).length === i + 1);
  }
  assertEquals(running(greedy).length, PLACES_PER_USER);
  for (const job of others) {
    await waitFor("the job's turn", () => job.isRunning);
    assert(running(greedy).length <= UPLOAD_POOL);
    job.finish();
  }
  for (const job of greedy) job.finish();
  await pool.close();
});

Deno.test("a user who is alone may have every place", async () => {
  const pool = new UploadPool();
  const jobs = add(pool, "vader", UPLOAD_POOL);
  await waitFor("all to run", () => running(jobs).length === UPLOAD_POOL);
  for (const job of jobs) job.finish();
  await pool.close();
});

Deno.test("those who wait hear their place as it changes, and are reminded of it", async () => {
  const pool = new UploadPool(5);
  const first = add(pool, "vader", UPLOAD_POOL);
  await waitFor("all places to be taken", () => running(first).length === UPLOAD_POOL);
  const [yoda, chewy] = [...add(pool, "yoda", 1), ...add(pool, "chewy", 1)];
  await waitFor("reminders", () => chewy!.reminders.length >= 3);
  assertEquals([yoda!.positions, chewy!.positions], [[1], [2]]);
  pool.leave(yoda!);
  assertEquals(chewy!.positions, [2, 1]);
  first[0]!.finish();
  await waitFor("the turn of the last", () => chewy!.isRunning);
  for (const job of [...first, chewy!]) job.finish();
  await pool.close();
});

Deno.test("a downloader hears its place in the queue for as long as it waits", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using sharing = await TestUploads.open({ trickleMs: 5 });
  const { id } = await sharing.share("a", someBytes(PIECES_PER_REQUEST * PIECE_BYTES));
  const users = ["vader", "vader", "yoda", "yoda", "chewy"];
  const blockers = await Promise.all(users.map((user) => sharing.occupy(sharing.pass(user, id))));
  await waitFor("all places to be taken", () => sharing.uploads.running === UPLOAD_POOL);
  const heard: number[] = [];
  const pass = sharing.pass("hans", id);
  using connection = await sharing.connect(pass);
  const piece = connection.piece(0, PIECE_BYTES, pass.ticket, {
    onQueued: (place) => heard.push(place),
    onTurn: () => {},
  });
  await waitFor("reminders", () => heard.length >= 3);
  assertEquals(new Set(heard), new Set([1]));
  for (const blocker of blockers) blocker.close();
  assertEquals((await piece).length, PIECE_BYTES);
  assertEquals(sharing.uploads.waiting, 0);
});

for (const pipelined of [1, 5]) {
  Deno.test(`who leaves the queue with ${pipelined} requests gives up its place`, {
    ignore: !MAY_USE_DISK,
  }, async () => {
    // The only reminder of a waiting downloader that there is comes after it has left.
    await using sharing = await TestUploads.open({ trickleMs: pipelined === 1 ? 60_000 : 50 });
    const { id } = await sharing.share("a", someBytes(PIECES_PER_REQUEST * PIECE_BYTES));
    const users = ["vader", "vader", "yoda", "yoda", "chewy"];
    const blockers = await Promise.all(users.map((user) => sharing.occupy(sharing.pass(user, id))));
    await waitFor("all places to be taken", () => sharing.uploads.running === UPLOAD_POOL);
    const pass = sharing.pass("hans", id);
    const connection = await sharing.connect(pass);
    const pieces = Array.from({ length: pipelined }, (_, i) => {
      return connection.piece(i, PIECE_BYTES, pass.ticket).catch(() => {});
    });
    await waitFor("the queue", () => sharing.uploads.waiting === 1);
    connection.close();
    await waitFor("the queue to be empty", () => sharing.uploads.waiting === 0, 3_000);
    assertEquals(sharing.uploads.running, UPLOAD_POOL);
    await Promise.all(pieces);
    for (const blocker of blockers) blocker.close();
  });
}

Deno.test("who waits in the queue for longer than a stall is served in the end", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using sharing = await TestUploads.open({ stallMs: 1_000, trickleMs: 50 });
  const { id } = await sharing.share("a", someBytes(PIECES_PER_REQUEST * PIECE_BYTES));
  const users = ["vader", "vader", "yoda", "yoda", "chewy"];
  const blockers = await Promise.all(users.map((user) => sharing.occupy(sharing.pass(user, id))));
  await waitFor("all places to be taken", () => sharing.uploads.running === UPLOAD_POOL);
  const reading = blockers.map((blocker) => readOn(blocker));
  const pass = sharing.pass("hans", id);
  using connection = await sharing.connect(pass);
  const began = performance.now();
  assertEquals((await connection.piece(0, PIECE_BYTES, pass.ticket)).length, PIECE_BYTES);
  assert(performance.now() - began > 1_000, "it had to wait");
  for (const blocker of blockers) blocker.close();
  await Promise.all(reading);
});

/** Takes little of an upload for a while, so that it does not stall, and then the rest. */
async function readOn(connection: Connection): Promise<void> {
  const buffer = new Uint8Array(PIECE_BYTES / 8);
  const reader = new ByteReader(connection);
  for (let i = 0; i < 48; i++) {
    if (!await reader.fill(buffer).catch(() => false)) return;
    await delay(100);
  }
  while (await connection.read(buffer).catch(() => null) !== null);
}
