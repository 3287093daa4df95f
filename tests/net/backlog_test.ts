import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Backlog } from "../../lib/net/backlog.ts";

/** When pauses began that may have cost something, of datagrams taken at `times`. */
function pauses(times: readonly number[]): number[] {
  const backlog = new Backlog();
  return times.map((time) => backlog.took(time)).filter((since) => since !== undefined);
}

/** `count` datagrams from `start` on, one every `every` milliseconds. */
function taken(start: number, every: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start + i * every);
}

Deno.test({
  name: "Backlog tells once of a pause that many datagrams follow",
  permissions: "none",
}, () => {
  assertEquals(pauses([5, ...taken(100, 0.01, 1_000)]), [5]);
  assertEquals(pauses([5, ...taken(100, 0.01, 300), ...taken(200, 0.01, 300)]), [5, 102.99]);
});

Deno.test({ name: "Backlog tells nothing of what is as usual", permissions: "none" }, () => {
  assertEquals(pauses(taken(0, 0.01, 1_000)), [], "a busy index from its start on");
  assertEquals(pauses([5, ...taken(100, 0.01, 127)]), [], "a few at once");
  assertEquals(pauses([5, ...taken(100, 1, 1_000)]), [], "many, but not at once");
  assertEquals(pauses(taken(0, 9, 1_000)), [], "short pauses");
});

Deno.test({
  name: "Backlog never tells of a quiet network, however its heartbeats fall",
  permissions: "none",
}, () => {
  const gap = fc.double({ min: 0.5, max: 3_000, noNaN: true });
  fc.assert(fc.property(fc.array(gap, { minLength: 200, maxLength: 400 }), (gaps) => {
    let time = 0;
    assertEquals(pauses(gaps.map((gap) => time += gap)), []);
  }));
});
