import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../../lib/errors.ts";
import { firstOf, type Way } from "../../lib/net/first_of.ts";
import { codeOf } from "../support/failures.ts";
import { waitFor } from "../support/wait_for.ts";

/** What a way comes to. */
class End implements Disposable {
  isDisposed = false;

  constructor(readonly name: string) {}

  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}

const FAILING: Way<End> = () => Promise.reject(new BitTrickleError("network", "no route"));
const TO_ANOTHER: Way<End> = () => Promise.reject(new BitTrickleError("malformed", "not he"));
const ENDLESS: Way<End> = (signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(interrupted())));

function to(name: string): Way<End> {
  return () => Promise.resolve(new End(name));
}

Deno.test("the first way is taken alone if it leads there", async () => {
  let isTried = false;
  const other: Way<End> = (signal) => {
    isTried = true;
    return ENDLESS(signal);
  };
  assertEquals((await firstOf([to("a"), other])).name, "a");
  assertEquals(isTried, false);
});

Deno.test("a way that leads nowhere costs a quarter of a second, one that fails nothing", async () => {
  for (const [first, mostMs] of [[ENDLESS, 450], [FAILING, 150], [TO_ANOTHER, 150]] as const) {
    const began = performance.now();
    assertEquals((await firstOf([first, to("b")])).name, "b");
    const ms = performance.now() - began;
    assert(ms < mostMs, `it took ${ms} ms`);
  }
});

Deno.test("what comes too late is disposed of", async () => {
  const late = new End("late");
  const turn = Promise.withResolvers<End>();
  assertEquals((await firstOf([() => turn.promise, to("b")])).name, "b");
  turn.resolve(late);
  await waitFor("its end", () => late.isDisposed);
});

Deno.test("if all ways fail, it is told why the source itself was not reached", async () => {
  assertEquals(await codeOf(firstOf([TO_ANOTHER, FAILING])), "network");
  assertEquals(await codeOf(firstOf([FAILING, TO_ANOTHER])), "network");
  assertEquals(await codeOf(firstOf([TO_ANOTHER, TO_ANOTHER])), "malformed");
});

Deno.test("a signal interrupts all ways", async () => {
  const stopping = new AbortController();
  const failed = codeOf(firstOf([ENDLESS, ENDLESS], stopping.signal));
  await delay(0);
  stopping.abort();
  assertEquals(await failed, "interrupted");
  assertEquals(await codeOf(firstOf([ENDLESS], stopping.signal)), "interrupted");
});
