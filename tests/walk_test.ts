/**
 * How walks are read from pages, and compared with what terminals show.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { differenceIn, machinesIn, type Step, stepsIn } from "./support/walk.ts";

const PURE = { permissions: "none" } as const;
const PLAIN = { terminal: 1, prompt: "$", isHidden: false, shown: [] };

Deno.test({ name: "terminals are on the machines that a page says", ...PURE }, () => {
  const page = "**Terminal 1, on machine 1.** x\n\n**Terminal 3, on machine 2.** y\n";
  assertEquals([...machinesIn(page)], [[1, 1], [3, 2]]);
});

Deno.test({ name: "a password may be told anywhere in a paragraph", ...PURE }, () => {
  const page = "Choose the\npassword `a*7`,\nsay.\n\n```console\n$ x\nNew password:\n```\n";
  assertEquals(stepsIn(page).map(({ typed }) => typed), ["x", "a*7"]);
  const untold = "```console\n$ x\nNew password:\n```\n";
  assertThrows(() => stepsIn(untold), Error, "No password is told");
});

Deno.test({ name: "a configuration is written into the file that is named", ...PURE }, () => {
  const page = "Write this\ninto `~/a/b.toml`:\n\n```toml\nx = 'y'\n```\n";
  const typed = "mkdir -p ~/a; printf '%s\\n' 'x = '\\''y'\\''' >~/a/b.toml";
  assertEquals(stepsIn(page), [{ ...PLAIN, typed }]);
});

Deno.test({ name: "Ctrl-C is pressed where the page shows it", ...PURE }, () => {
  assertEquals(stepsIn("```console\n^C\n$ y\n```\n").map(({ prompt, typed }) => [prompt, typed]), [
    ["", "^C"],
    ["$", "y"],
  ]);
});

const STEPS: readonly Step[] = [
  { ...PLAIN, typed: "a", shown: ["one …", "…", "three"] },
  { ...PLAIN, typed: "a*7", prompt: "Enter password:", isHidden: true },
  { ...PLAIN, typed: "^C", prompt: "" },
  { ...PLAIN, typed: "b" },
];
const ROWS = ["$ a", "one 1", "two", "three", "Enter password:", "^C", "bye", "$ b", "$"];

Deno.test({ name: "a terminal shows what its page shows", ...PURE }, () => {
  assertEquals(differenceIn(STEPS, ROWS), undefined);
});

Deno.test({ name: "a line that the page does not show is a difference", ...PURE }, () => {
  for (const at of [1, 4, 5, 8]) {
    const rows = ROWS.toSpliced(at, 0, "more");
    assertStringIncludes(differenceIn(STEPS, rows) ?? "", "does not follow", rows.join());
  }
  assertEquals(differenceIn(STEPS, ROWS.toSpliced(3, 1)), '"three" does not follow "…"');
});
