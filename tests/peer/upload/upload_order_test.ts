/**
 * In which order waiting uploads get their places.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  OVERTAKING_JOBS,
  type UploadJob,
  UploadPool,
} from "../../../lib/peer/upload/upload_pool.ts";
import { PLACES_PER_USER, UPLOAD_POOL } from "../../../lib/protocol/limits.ts";
import { waitFor } from "../../support/wait_for.ts";

/** Who wants a piece that was given so often. */
interface Wish {
  readonly user: string;
  readonly timesGiven: number;
}

/** A pool whose places are all taken, by users of whom no other asks. */
class FullPool {
  readonly pool = new UploadPool();
  /** The wishes whose turn came, in their order. */
  readonly begun: Wish[] = [];
  readonly #ends: (() => void)[] = [];
  #begin = Promise.withResolvers<void>();

  static async make(): Promise<FullPool> {
    const full = new FullPool();
    for (let i = 0; i < UPLOAD_POOL; i++) full.add({ user: `other${i}`, timesGiven: 0 });
    await waitFor("all places to be taken", () => full.pool.running === UPLOAD_POOL);
    full.begun.length = 0;
    return full;
  }

  add(wish: Wish): void {
    const end = Promise.withResolvers<void>();
    const run = async () => {
      this.begun.push(wish);
      this.#ends.push(end.resolve);
      this.#begin.resolve();
      await end.promise;
    };
    const job: UploadJob = { ...wish, run, onWait: () => {} };
    this.pool.add(job);
  }

  /** Lets the upload end that runs longest, and waits until another has its place. */
  async next(): Promise<void> {
    this.#begin = Promise.withResolvers();
    const hasNext = this.pool.waiting > 0;
    this.#ends.shift()!();
    if (hasNext) await this.#begin.promise;
  }

  /** Lets all have their turn, and end. */
  async finish(): Promise<void> {
    while (this.#ends.length > 0) await this.next();
    await this.pool.close();
  }
}

Deno.test("what was given least goes first, and else who came first", async () => {
  const full = await FullPool.make();
  const wishes = [3, 1, 2, 1, 0].map((timesGiven, i) => ({ user: `user${i}`, timesGiven }));
  for (const wish of wishes) full.add(wish);
  await full.finish();
  const order = full.begun.map(({ user }) => user);
  assertEquals(order, ["user4", "user1", "user3", "user2", "user0"]);
});

Deno.test("whose places are taken waits, whatever piece it asks for", async () => {
  const full = await FullPool.make();
  for (let i = 0; i < 4; i++) full.add({ user: "vader", timesGiven: 0 });
  for (let i = 0; i < 3; i++) full.add({ user: `user${i}`, timesGiven: 9 });
  for (let i = 0; i < UPLOAD_POOL; i++) await full.next();
  const users = full.begun.map(({ user }) => user);
  assertEquals(users, [...Array(PLACES_PER_USER).fill("vader"), "user0", "user1", "user2"]);
  await full.finish();
});

Deno.test("nobody is overtaken for ever", async () => {
  const full = await FullPool.make();
  full.add({ user: "yoda", timesGiven: 100 });
  full.add({ user: "chewy", timesGiven: 100 });
  const isDone = () => full.begun.some(({ user }) => user === "chewy");
  for (let i = 0; i < 3 * OVERTAKING_JOBS && !isDone(); i++) {
    full.add({ user: `user${i}`, timesGiven: 0 });
    await full.next();
  }
  const order = full.begun.map(({ user }) => user);
  assertEquals([order.indexOf("yoda"), order.indexOf("chewy")], [
    OVERTAKING_JOBS,
    OVERTAKING_JOBS + 1,
  ]);
  await full.finish();
});

Deno.test("every upload has its turn, and none is overtaken by too many", async () => {
  const times = fc.array(fc.nat({ max: 5 }), { minLength: 40, maxLength: 100 });
  await fc.assert(fc.asyncProperty(times, async (timesGiven) => {
    const full = await FullPool.make();
    const wishes = timesGiven.map((times, i) => ({ user: `user${i}`, timesGiven: times }));
    for (const wish of wishes) full.add(wish);
    await full.finish();
    assertEquals(full.begun.length, wishes.length);
    for (const [turn, wish] of full.begun.entries()) {
      const before = full.begun.slice(0, turn);
      const later = wishes.slice(wishes.indexOf(wish));
      const overtaking = before.filter((it) => later.includes(it)).length;
      assert(overtaking <= OVERTAKING_JOBS, `${wish.user} was overtaken by ${overtaking}`);
    }
  }));
});
