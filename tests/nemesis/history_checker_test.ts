/**
 * What the checker of histories finds, and what it lets pass.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Command, Happening, View } from "./history.ts";
import { violationsIn } from "./history_checker.ts";

const PURE = { permissions: "none" } as const;
let clock = 0;

function command(verb: "pub" | "unp", name: string, isDone = true): Command {
  const began = ++clock;
  return { type: "command", user: "hans", verb, name, began, ended: ++clock, isDone };
}

function view(observer: string, ...names: readonly string[]): View {
  const began = ++clock;
  return { type: "view", observer, of: "hans", names, began, ended: ++clock };
}

/** What is wrong, without who saw it when. */
function faults(happenings: readonly Happening[], ...end: readonly View[]): string[] {
  return violationsIn(happenings, end).map((it) => it.replace(/^.* at \d+: /, ""));
}

Deno.test("a history without faults passes", PURE, () => {
  const history = [
    command("pub", "a"),
    view("hans", "a"),
    view("vader"), // Others may be told later.
    command("pub", "b", false),
    view("vader", "a"),
    command("unp", "a"),
    view("vader", "b"),
    view("hans", "b"),
  ];
  assertEquals(faults(history, view("1", "b"), view("2", "b")), []);
});

Deno.test("an acknowledged publication that is lost in the end is found", PURE, () => {
  assertEquals(faults([command("pub", "a")], view("1")), ["a is lost"]);
});

Deno.test("an acknowledged withdrawal without effect is found", PURE, () => {
  const history = [command("pub", "a"), command("unp", "a")];
  assertEquals(faults(history, view("1", "a")), ["a was withdrawn"]);
});

Deno.test("a user who does not find the own publication is found", PURE, () => {
  assertEquals(faults([command("pub", "a"), view("hans")]), ["a is lost"]);
  const withdrawn = [command("pub", "a"), command("unp", "a"), view("hans", "a")];
  assertEquals(faults(withdrawn), ["a was withdrawn"]);
});

Deno.test("a view that goes back is found", PURE, () => {
  const back = [command("pub", "a"), view("vader", "a"), view("vader")];
  assertEquals(faults(back), ["a is lost"]);
  const again = [
    ...[command("pub", "a"), view("vader", "a"), command("unp", "a", false)],
    ...[view("vader"), view("vader", "a")],
  ];
  assertEquals(faults(again), ["a is there again"]);
});

Deno.test("a later command that is seen without an earlier one is found", PURE, () => {
  const history = [command("pub", "a"), command("pub", "b"), view("vader", "b")];
  assertEquals(faults(history), ["a is lost"]);
  const withdrawn = [command("pub", "a"), command("unp", "a"), command("pub", "b")];
  assertEquals(faults([...withdrawn, view("vader", "a", "b")]), ["a was withdrawn"]);
});

Deno.test("a command that has its effect after a later one is found", PURE, () => {
  const history = [command("pub", "a", false), command("pub", "b"), view("vader", "b")];
  assertEquals(faults([...history, view("vader", "a", "b")]), ["a is there again"]);
});

Deno.test("a command without an answer may have its effect before a later one", PURE, () => {
  const history = [command("pub", "a", false), view("vader"), view("vader", "a")];
  assertEquals(faults([...history, command("pub", "b"), view("vader", "a", "b")]), []);
});

Deno.test("servers that do not agree are found", PURE, () => {
  const history = [command("pub", "a", false)];
  assertEquals(faults(history, view("1", "a"), view("2")), [
    "the servers do not agree on what hans publishes",
  ]);
});

Deno.test("a name that nobody has published is found", PURE, () => {
  assertEquals(faults([command("pub", "a"), view("vader", "a", "x")]), ["x was never published"]);
});

Deno.test("more sessions than allowed are found", PURE, () => {
  const count = { type: "sessions", observer: "vader", of: "hans", ended: 1 } as const;
  const found = faults([{ ...count, count: 8 }, { ...count, count: 9 }]);
  assertEquals(found, ["vader is told that hans has 9 sessions"]);
});
