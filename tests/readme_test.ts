/**
 * The README: its links lead somewhere, and its figures are those of docs/performance.md. What it types
 * is tested elsewhere: its walk in e2e/first_five_minutes_test.ts, its scripts in doc_commands_test.ts.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
import { PAGES } from "../docs/site/contents.ts";
import { Anchors } from "../docs/site/headings.ts";
import { linkFaults } from "../docs/site/link_check.ts";
import { targetOf } from "../docs/site/links.ts";
import { MAY_USE_DISK } from "./support/permission.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const README = "README.md";
const WITH_DISK = { ignore: !MAY_USE_DISK };

const read = (path: string) => Deno.readTextFile(join(ROOT, path));

const isThere = (path: string) => Deno.stat(join(ROOT, path)).then(() => true, () => false);

/** The page at `source`, as far as links and what they lead to are concerned. */
async function linkedPage(source: string) {
  const text = (await read(source)).replaceAll(/^```.*?^```/gms, "");
  const anchors = new Anchors();
  const headings = Array.from(text.matchAll(/^(#+) (.*)$/gm), ([, marks, heading]) => {
    const text = heading!.replaceAll("`", "");
    return { depth: marks!.length, text, anchor: anchors.next(text) };
  });
  const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, href]) => href!);
  return { source, headings, targets: links.map((href) => targetOf(href, source)) };
}

/** The rows of the table of figures, a list of cells each. */
function figures(readme: string): string[][] {
  const section = /^## How fast\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| ")).slice(2);
  return rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** All numbers in `text`, as 42,475 or 16.90. */
function numbersIn(text: string): number[] {
  return Array.from(text.matchAll(/\d[\d,]*(?:\.\d+)?/g), ([it]) => Number(it.replaceAll(",", "")));
}

Deno.test("the links of the README lead somewhere", WITH_DISK, async () => {
  const readme = await linkedPage(README);
  const pages = await Promise.all(PAGES.map(linkedPage));
  const withoutLinks = pages.map((page) => ({ ...page, targets: [] }));
  assert(readme.targets.length > 0);
  assertEquals(await linkFaults([readme, ...withoutLinks], isThere), []);
});

Deno.test("the README's figures are those of docs/performance.md", WITH_DISK, async () => {
  const measured = (await read("docs/performance.md")).split("\n").map(numbersIn);
  const rows = figures(await read(README));
  assert(rows.length > 0);
  for (const [what, ours, beside] of rows) {
    const shown = numbersIn(`${ours} ${beside}`);
    const message = `no row of docs/performance.md has ${shown.join(" and ")}: ${what}`;
    assert(measured.some((row) => shown.every((number) => row.includes(number))), message);
  }
});

Deno.test("the README's figures are repeated by tasks that are there", WITH_DISK, async () => {
  for (const cells of figures(await read(README))) {
    const task = /^`deno task (\S+)/.exec(cells.at(-1)!)?.[1] ?? "";
    assert(Object.hasOwn(denoJson.tasks, task), cells.join(" "));
  }
});
