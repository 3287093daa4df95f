/**
 * The documentation as a site: its parts, and all of it as `deno task site` builds it.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { walk } from "@std/fs/walk";
import { dirname, fromFileUrl, join } from "@std/path";
import { PAGES, placeOf } from "../docs/site/contents.ts";
import { arrowsIn } from "../docs/site/flowchart.ts";
import { Anchors } from "../docs/site/headings.ts";
import { linkFaults } from "../docs/site/link_check.ts";
import { targetOf } from "../docs/site/links.ts";
import { referencePages } from "../docs/site/reference/pages.ts";
import { serveSite } from "../docs/site/serve.ts";
import { MAY_RUN, MAY_USE_DISK } from "./support/permission.ts";
import { builtSite } from "./support/site.ts";
import { TempFolder } from "./support/temp_folder.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const PURE = { permissions: "none" } as const;
const AS_PROCESS = { ignore: !MAY_RUN };

Deno.test({ name: "headings have the anchors that GitHub gives them", ...PURE }, () => {
  const anchors = new Anchors();
  const texts = ["The server's key", "`--json`", "Install (10 minutes)", "Install (10 minutes)"];
  assertEquals(texts.map((text) => anchors.next(text.replaceAll("`", ""))), [
    "the-servers-key",
    "--json",
    "install-10-minutes",
    "install-10-minutes-1",
  ]);
});

Deno.test({ name: "links lead from any page to any other, from wherever it lies", ...PURE }, () => {
  const hrefOf = (href: string, source: string) => {
    const to = targetOf(href, source);
    return to.kind === "none" ? to.kind : to.href;
  };
  assertEquals(hrefOf("../SECURITY.md#reporting", "docs/tutorial.md"), "security.html#reporting");
  assertEquals(hrefOf("../tutorial.md", "docs/howto/install.md"), "../tutorial.html");
  assertEquals(hrefOf("../deploy/README.md", "docs/howto/class.md"), "../deploy/index.html");
  assertEquals(hrefOf("docs/json.schema.json", "CHANGELOG.md"), "json.schema.json");
  assertEquals(hrefOf("#limits", "docs/protocol.md"), "#limits");
  assertEquals(hrefOf("../lib/protocol/limits.ts", "docs/protocol.md"), "none");
  assertEquals(hrefOf("https://deno.com", "docs/protocol.md"), "https://deno.com");
});

Deno.test({ name: "links that lead nowhere are found", ...PURE }, async () => {
  const source = "docs/tutorial.md";
  const hrefs = [
    ...["#there", "#gone", "howto/install.md#gone", "here.svg", "gone.svg"],
    ...["https://deno.com/x", "http://deno.com", "https://example.org"],
  ];
  const page = {
    source,
    headings: [{ depth: 1, text: "There", anchor: "there" }],
    targets: hrefs.map((href) => targetOf(href, source)),
  };
  const isThere = (path: string) => Promise.resolve(path === "docs/here.svg");
  assertEquals(await linkFaults([page], isThere), [
    "docs/tutorial.md: docs/tutorial.md#gone",
    "docs/tutorial.md: docs/howto/install.md#gone",
    "docs/tutorial.md: docs/gone.svg",
    "docs/tutorial.md: http://deno.com",
    "docs/tutorial.md: https://example.org",
  ]);
});

Deno.test({ name: "a flowchart is told by its arrows", ...PURE }, () => {
  const chart = 'flowchart TD\n  a["A"]\n  b_c["b/c"]\n  d["D"]\n  a --> b_c & d\n  d --> b_c';
  assertEquals([...arrowsIn(chart)], [["A", ["b/c", "D"]], ["D", ["b/c"]]]);
});

Deno.test("nothing but the site is served", { ignore: !MAY_USE_DISK }, async () => {
  await using folder = await TempFolder.make();
  await folder.makeFolder("site");
  await folder.write("secret.txt", "secret");
  await folder.write("site/index.html", "hello");
  await using server = serveSite(folder.pathOf("site"), 0);
  const statusOf = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.addr.port}${path}`);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await statusOf("/"), 200);
  for (
    const path of ["/../secret.txt", "/..%2fsecret.txt", "/x/..%5c..%5csecret.txt", "/%", "/x"]
  ) {
    assertEquals(await statusOf(path), 404, path);
  }
});

Deno.test("every page of docs/ is in the site", { ignore: !MAY_USE_DISK }, async () => {
  const pages = await Array.fromAsync(walk(join(ROOT, "docs"), { includeDirs: false }));
  const sources = pages.map(({ path }) => path.slice(ROOT.length).replaceAll("\\", "/"));
  assertEquals(sources.filter((it) => it.endsWith(".md") && !PAGES.includes(it)), []);
});

Deno.test("the reference says what the code says", AS_PROCESS, async () => {
  for (const [path, text] of await referencePages()) {
    const message = `${path} is not what the code says: run \`deno task reference\``;
    assert(await Deno.readTextFile(join(ROOT, path)) === text, message);
  }
});

Deno.test("all links of the built site lead to files of it", AS_PROCESS, async () => {
  await using site = await builtSite();
  for (const place of PAGES.map(placeOf)) {
    const html = await Deno.readTextFile(site.pathOf(place));
    for (const [, link] of html.matchAll(/ (?:href|src)="([^"#]+)/g)) {
      if (link!.startsWith("https:")) continue;
      const path = join(dirname(site.pathOf(place)), link!);
      assert((await Deno.stat(path)).isFile, `${place}: ${link}`);
    }
  }
});

Deno.test("a page runs nothing inline, and loads nothing from elsewhere", AS_PROCESS, async () => {
  await using site = await builtSite();
  for (const place of PAGES.map(placeOf)) {
    const html = await Deno.readTextFile(site.pathOf(place));
    assertStringIncludes(html, "Content-Security-Policy");
    assertEquals(html.match(/<script(?! src=)|<style|<[^>]* (?:style|on\w+)=/g), null, place);
    assertEquals(html.match(/ src="(?:https?:)?\/\//g), null, place);
  }
});
