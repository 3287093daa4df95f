import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RequestWindow } from "../../../lib/index/sessions/request_window.ts";

/** Uses `number` and returns the reply that is kept for it. */
function use(window: RequestWindow, number: number): Uint8Array {
  const reply = new TextEncoder().encode(`reply ${number}`);
  window.keep(number, reply);
  return reply;
}

Deno.test({ name: "RequestWindow takes any number first", permissions: "none" }, () => {
  for (const number of [0, 1, 16, Number.MAX_SAFE_INTEGER]) {
    const window = new RequestWindow();
    assert(window.isFresh(number));
    assertEquals(window.replyTo(number), undefined);
  }
});

Deno.test(
  { name: "RequestWindow gives the very bytes of a reply again", permissions: "none" },
  () => {
    const window = new RequestWindow();
    const reply = use(window, 1);
    assert(!window.isFresh(1));
    assert(window.replyTo(1) === reply);
  },
);

Deno.test({
  name: "RequestWindow keeps the replies to the newest 16 numbers and no more",
  permissions: "none",
}, () => {
  const window = new RequestWindow();
  const replies = Array.from({ length: 17 }, (_, number) => use(window, number));
  for (let number = 1; number <= 16; number++) {
    assert(!window.isFresh(number));
    assert(window.replyTo(number) === replies[number]);
  }
  assert(!window.isFresh(0), "below the window");
  assertEquals(window.replyTo(0), undefined);
});

Deno.test({
  name: "RequestWindow takes a number that was overtaken, until it falls below the window",
  permissions: "none",
}, () => {
  const window = new RequestWindow();
  use(window, 100);
  assert(window.isFresh(99) && window.isFresh(85));
  assert(!window.isFresh(84));
  use(window, 85);
  assert(!window.isFresh(85) && window.isFresh(86));
  use(window, 101);
  assertEquals(window.replyTo(85), undefined);
  assert(!window.isFresh(85));
});

Deno.test({
  name: "RequestWindow agrees with a list of all numbers there were",
  permissions: "none",
}, () => {
  const steps = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 200, size: "max" });
  fc.assert(fc.property(steps, (steps) => {
    const window = new RequestWindow();
    const used = new Map<number, Uint8Array>();
    let highest = -1;
    for (const step of steps) {
      const number = Math.max(0, highest + step);
      const isInWindow = number > highest - 16;
      assertEquals(window.isFresh(number), isInWindow && !used.has(number));
      assert(window.replyTo(number) === (isInWindow ? used.get(number) : undefined));
      if (window.isFresh(number)) used.set(number, use(window, number));
      highest = Math.max(highest, ...used.keys());
    }
  }));
});
