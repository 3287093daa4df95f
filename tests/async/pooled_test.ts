/**
 * Bounded concurrency: how many run at once, and what is left after a failure.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { forEachPooled } from "../../lib/async/pooled.ts";
import { BitTrickleError } from "../../lib/errors.ts";

const PURE = { permissions: "none" } as const;
const failure = new BitTrickleError("timeout", "No answer from the index");

/** Work that a test ends, item by item. */
class Work {
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  readonly #ends = new Map<number, PromiseWithResolvers<void>>();
  signal: AbortSignal | undefined;

  readonly run = async (item: number, signal: AbortSignal): Promise<void> => {
    this.begun.push(item);
    this.signal = signal;
    this.#ends.set(item, Promise.withResolvers());
    await this.#ends.get(item)!.promise.finally(() => this.ended.push(item));
  };

  async finish(item: number, error?: unknown): Promise<void> {
    const { resolve, reject } = this.#ends.get(item)!;
    if (error) reject(error);
    else resolve();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

Deno.test({ name: "at most so many run at once, in their order", ...PURE }, async () => {
  const work = new Work();
  const all = forEachPooled(2, [1, 2, 3, 4], work.run);
  assertEquals(work.begun, [1, 2]);
  await work.finish(2);
  assertEquals(work.begun, [1, 2, 3]);
  for (const item of [1, 3]) await work.finish(item);
  await work.finish(4);
  await all;
  assertEquals([work.begun, work.signal!.aborted], [[1, 2, 3, 4], false]);
});

Deno.test({ name: "no items, and fewer items than may run at once", ...PURE }, async () => {
  const work = new Work();
  await forEachPooled(8, [], work.run);
  const one = forEachPooled(8, new Set([7]), work.run);
  await work.finish(7);
  await one;
  assertEquals(work.ended, [7]);
});

Deno.test(
  { name: "the first failure is thrown itself, when all have settled", ...PURE },
  async () => {
    const work = new Work();
    let isSettled = false;
    const all = assertRejects(() => forEachPooled(3, [1, 2, 3, 4, 5], work.run), BitTrickleError);
    const thrown = all.finally(() => isSettled = true);
    await work.finish(2, failure);
    assertEquals([isSettled, work.signal!.aborted], [false, true]);
    await work.finish(1, new BitTrickleError("interrupted", "interrupted"));
    assertEquals(isSettled, false);
    await work.finish(3);
    assert(await thrown === failure);
    assertEquals([work.begun, work.ended], [[1, 2, 3], [2, 1, 3]]);
  },
);

Deno.test({ name: "items that cannot be listed are a failure, too", ...PURE }, async () => {
  const items = function* () {
    yield 1;
    throw failure;
  };
  const begun: number[] = [];
  const work = (item: number) => Promise.resolve(begun.push(item));
  const thrown = await assertRejects(() => forEachPooled(2, items(), work), BitTrickleError);
  assertEquals([thrown.code, begun], ["timeout", [1]]);
});
