/**
 * What the documentation says of the code: its picture, its paths and its functions are there.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
import { PAGES } from "../docs/site/contents.ts";
import { PAGE, withPicture } from "./support/architecture_page.ts";
import { MAY_USE_DISK } from "./support/permission.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const WITH_DISK = { ignore: !MAY_USE_DISK };

/** Every page, by its path from the root of the repository. */
async function readPages(): Promise<[path: string, text: string][]> {
  return await Promise.all(["README.md", ...PAGES].map(async (path): Promise<[string, string]> => {
    return [path, await Deno.readTextFile(`${ROOT}${path}`)];
  }));
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(`${ROOT}${path}`).then(() => true, () => false);
}

Deno.test("the change log begins with this version, and its day", WITH_DISK, async () => {
  const changes = await Deno.readTextFile(`${ROOT}CHANGELOG.md`);
  const [, version, day] = /^## (\S+) \((.*)\)$/m.exec(changes) ?? [];
  assertEquals(version, denoJson.version);
  assertEquals(new Date(day!).toISOString().slice(0, "2026-11-27".length), day);
});

Deno.test("docs/architecture.md shows the arrows of the code", WITH_DISK, async () => {
  const page = await Deno.readTextFile(PAGE);
  const message = "the picture is not that of the code: run `deno task architecture`";
  assertEquals(page, await withPicture(page), message);
});

Deno.test("every path that a page names exists", WITH_DISK, async () => {
  const missing: string[] = [];
  for (const [page, text] of await readPages()) {
    for (
      const [, path] of text.matchAll(/(?<!\/var\/)\b((?:lib|tests|docs)\/[\w/-]*\w(?:\.\w+)*\/?)/g)
    ) {
      if (!await isThere(path!)) missing.push(`${page}: ${path}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("every function that docs/architecture.md names is in its file", WITH_DISK, async () => {
  const missing: string[] = [];
  const page = await Deno.readTextFile(PAGE);
  for (const [, path, name] of page.matchAll(/`(lib\/[^`]+\.ts)`\s+`([\w#]+)`/g)) {
    const text = await Deno.readTextFile(`${ROOT}${path}`).catch(() => "");
    const isDefined = new RegExp(`(?<![\\w.#])${name}(<[^>]+>)?\\(|(?:const|readonly) ${name} =`);
    if (!isDefined.test(text)) missing.push(`${path}: ${name}`);
  }
  assertEquals(missing, []);
});
