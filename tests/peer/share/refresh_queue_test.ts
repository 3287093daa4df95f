/**
 * Which files are looked at again, how many at once, and what is told of them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { RefreshQueue, type Suspect } from "../../../lib/peer/share/refresh_queue.ts";

const PURE = { permissions: "none" } as const;

/** A queue whose looks a test ends one by one. */
class TestQueue {
  readonly begun: Suspect[] = [];
  readonly told: [name: string, error: unknown][] = [];
  readonly #ends: PromiseWithResolvers<boolean>[] = [];
  readonly queue = new RefreshQueue({
    refresh: (suspect, signal) => {
      const end = Promise.withResolvers<boolean>();
      signal.addEventListener("abort", () => end.reject(new Error("interrupted")));
      this.begun.push(suspect);
      this.#ends.push(end);
      return end.promise;
    },
    onChanged: (name, error) => void this.told.push([name, error]),
  });

  add(name: string, isWrong = false): void {
    this.queue.add({ name, isWrong });
  }

  get names(): string[] {
    return this.begun.map(({ name }) => name);
  }

  /** Ends the look that began as number `i`. */
  async end(i: number, result: boolean | Error): Promise<void> {
    if (result instanceof Error) this.#ends[i]!.reject(result);
    else this.#ends[i]!.resolve(result);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}

Deno.test({ name: "two files are looked at at once, and each once", ...PURE }, async () => {
  const test = new TestQueue();
  for (const name of ["a", "b", "a", "c", "d", "c"]) test.add(name);
  assertEquals(test.names, ["a", "b"]);
  await test.end(0, false);
  assertEquals(test.names, ["a", "b", "c"]);
  for (const i of [1, 2]) await test.end(i, false);
  await test.end(3, false);
  assertEquals(test.names, ["a", "b", "c", "d"]);
  test.add("a");
  assertEquals([test.names.at(-1), test.queue.isBusy], ["a", true]);
  await test.queue.close();
  assertEquals(test.queue.isBusy, false);
});

Deno.test({ name: "one that waits can turn out to be wrong as well", ...PURE }, async () => {
  const test = new TestQueue();
  for (const name of ["a", "b", "c"]) test.add(name);
  test.add("c", true);
  test.add("c");
  await test.end(0, false);
  assertEquals(test.begun[2], { name: "c", isWrong: true });
  await test.queue.close();
});

Deno.test({ name: "only another content is told, and a failure once", ...PURE }, async () => {
  const test = new TestQueue();
  const results = [false, true, new Error("gone"), new Error("gone"), false, new Error("gone")];
  for (const [i, result] of results.entries()) {
    test.add("a");
    await test.end(i, result);
  }
  assertEquals(test.told.map(([, error]) => error && String(error)), [
    undefined,
    "Error: gone",
    "Error: gone",
  ]);
  await test.queue.close();
});

Deno.test({ name: "after close() nothing is begun or told", ...PURE }, async () => {
  const test = new TestQueue();
  for (const name of ["a", "b", "c"]) test.add(name);
  await test.queue.close();
  test.add("d");
  assertEquals([test.names, test.told], [["a", "b"], []]);
});
