/**
 * Builds the site: a folder of files that can be served from anywhere, or opened as they are.
 *
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";
import { PAGES, placeOf } from "./contents.ts";
import { layOut } from "./layout.ts";
import { linkFaults } from "./link_check.ts";
import { type Page, readPage } from "./page.ts";
import { searchScript } from "./packages.ts";
import { searchIndexScript } from "./search.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const ASSETS = "docs/site/assets";
const ICON = "lib/server/page/icon.svg";

/**
 * Writes the site into `folder`, and returns its pages.
 *
 * @throws {Error} for a page that is not there, or links that lead nowhere
 */
export async function buildSite(folder: string): Promise<Page[]> {
  const pages = await Promise.all(PAGES.map(async (source) => {
    return await readPage(source, await Deno.readTextFile(join(ROOT, source)));
  }));
  const faults = await linkFaults(pages, isThere);
  if (faults.length > 0) throw new Error(`Links that lead nowhere:\n${faults.join("\n")}`);
  const titles = new Map(pages.map(({ source, title }) => [source, title]));
  for (const page of pages) {
    await writeFile(join(folder, placeOf(page.source)), layOut(page, titles));
  }
  await copyFiles(pages, folder);
  await writeFile(join(folder, "assets/minisearch.js"), await searchScript());
  await writeFile(join(folder, "assets/search_index.js"), await searchIndexScript(pages));
  return pages;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(join(ROOT, path)).then(() => true, () => false);
}

/** Copies what the pages link to, and what every page needs. */
async function copyFiles(pages: readonly Page[], folder: string): Promise<void> {
  const linked = pages.flatMap(({ targets }) => targets).flatMap((to) => {
    return to.kind === "file" ? [to.source] : [];
  });
  const names = await Array.fromAsync(Deno.readDir(join(ROOT, ASSETS)), ({ name }) => name);
  const assets = names.map((name): [string, string] => [join(ASSETS, name), `assets/${name}`]);
  const files = [...new Set(linked)].map((source): [string, string] => [source, placeOf(source)]);
  for (const [source, place] of [...files, ...assets, [ICON, "assets/icon.svg"] as const]) {
    await writeFile(join(folder, place), await Deno.readFile(join(ROOT, source)));
  }
}

async function writeFile(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(path, content);
  else await Deno.writeFile(path, content);
}
