/**
 * Changes on their way to the index.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { FileDetails } from "../../../lib/protocol/messages.ts";
import { ChangeQueue } from "../../../lib/peer/watch/change_queue.ts";
import { waitFor } from "../../support/wait_for.ts";

/** An index that answers when it is told to, and what is published there. */
class Publishing implements AsyncDisposable {
  readonly published = new Map<string, FileDetails>();
  readonly told: string[] = [];
  readonly calls: { names: readonly string[]; end: PromiseWithResolvers<void> }[] = [];
  readonly queue: ChangeQueue;
  /** What the index has withdrawn, and this client has not heard of. */
  readonly withdrawnElsewhere: string[] = [];
  size = 1;

  constructor() {
    this.queue = new ChangeQueue({
      files: { get: (name) => this.#get(name) },
      withdrawals: {
        catchUp: () => {
          for (const name of this.withdrawnElsewhere.splice(0)) this.published.delete(name);
          return Promise.resolve();
        },
      },
      publisher: {
        pubAll: async (names) => {
          await this.#call(names);
          for (const name of names) this.published.set(name, { size: this.size, id: "id" });
          return { published: names, skipped: [{ name: "bad", code: "disk", reason: "so" }] };
        },
        unp: async (name) => {
          await this.#call([`-${name}`]);
          this.published.delete(name);
          return { kind: "unpublished" };
        },
      },
      onChange: ({ kind, name }) => void this.told.push(`${kind} ${name}`),
      onTrouble: () => void this.told.push("trouble"),
    });
  }

  add(name: string, isThere = true): void {
    this.queue.add(name, isThere);
    this.queue.run();
  }

  /** Waits for the call number `index`, and has it succeed or fail. */
  async answer(index: number, error?: Error): Promise<readonly string[]> {
    await waitFor("a call", () => this.calls.length > index);
    const { names, end } = this.calls[index]!;
    if (error) end.reject(error);
    else end.resolve();
    return names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { end } of this.calls) end.resolve();
    await this.queue.close();
  }

  async #call(names: readonly string[]): Promise<void> {
    const end = Promise.withResolvers<void>();
    this.calls.push({ names, end });
    await end.promise;
  }

  #get(name: string) {
    const details = this.published.get(name);
    return details && { name, details, isTold: true };
  }
}

Deno.test(
  { name: "a change waits for the one before of the same file", permissions: "none" },
  async () => {
    await using publishing = new Publishing();
    publishing.add("a");
    publishing.add("a", false);
    publishing.add("b");
    assertEquals(await publishing.answer(1), ["b"], "others do not wait");
    assertEquals(publishing.calls.length, 2);
    await publishing.answer(0);
    assertEquals(await publishing.answer(2), ["-a"]);
    await waitFor("its end", () => publishing.told.includes("withdrawn a"));
    assert(publishing.told.indexOf("published a") < publishing.told.indexOf("withdrawn a"));
  },
);

Deno.test({ name: "what is as it was is told to nobody", permissions: "none" }, async () => {
  await using publishing = new Publishing();
  for (const [i, size] of [1, 1, 2].entries()) {
    publishing.size = size;
    publishing.add("a");
    await publishing.answer(i);
    await waitFor("its end", () => publishing.told.length > 2 * i - Number(i > 1));
  }
  await waitFor("the change", () => publishing.told.includes("changed a"));
  publishing.add("none", false);
  assertEquals(publishing.told, [
    "published a",
    "skipped bad",
    "skipped bad",
    "changed a",
    "skipped bad",
  ]);
});

Deno.test(
  { name: "what is withdrawn elsewhere is not published as it changes", permissions: "none" },
  async () => {
    await using publishing = new Publishing();
    for (const name of ["a", "b"]) publishing.add(name);
    await publishing.answer(0);
    await publishing.answer(1);
    await waitFor("its end", () => publishing.published.size === 2);
    publishing.withdrawnElsewhere.push("a");
    publishing.queue.add("a", true);
    publishing.add("b");
    assertEquals(await publishing.answer(2), ["b"]);
    publishing.add("a");
    publishing.add("c");
    assertEquals(await publishing.answer(3), ["c"]);
  },
);

Deno.test(
  { name: "what the index does not take is tried again", permissions: "none" },
  async () => {
    await using publishing = new Publishing();
    publishing.add("a");
    await publishing.answer(0, new BitTrickleError("timeout", "no answer"));
    await waitFor("the trouble", () => publishing.told.includes("trouble"));
    publishing.add("b");
    assertEquals(await publishing.answer(1), ["a", "b"]);
    await waitFor("its end", () => publishing.told.includes("published b"));
    assertEquals(publishing.told.filter((it) => it === "trouble").length, 1);
  },
);

/** How long a change may wait for its next try, in milliseconds, with what a slow machine takes. */
const SOON_MS = 4_000;

Deno.test(
  { name: "batches that fail together are tried again soon", permissions: "none" },
  async () => {
    await using publishing = new Publishing();
    for (const name of ["a", "b", "c"]) publishing.add(name);
    for (const i of [0, 1, 2]) await publishing.answer(i, new BitTrickleError("refused", "so"));
    await waitFor("another try", () => publishing.calls.length > 3, SOON_MS);
    assertEquals(await publishing.answer(3), ["a", "b", "c"]);
  },
);

Deno.test(
  { name: "an index that is silent is asked again soon, however long it is", permissions: "none" },
  async () => {
    await using publishing = new Publishing();
    publishing.add("a");
    for (const i of [0, 1, 2]) {
      await waitFor("another try", () => publishing.calls.length > i, SOON_MS);
      await publishing.answer(i, new BitTrickleError("timeout", "no answer"));
    }
    await waitFor("another try", () => publishing.calls.length > 3, SOON_MS);
    assertEquals(publishing.told, ["trouble"]);
  },
);
