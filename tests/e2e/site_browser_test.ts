/**
 * The documentation's site in a browser: served, opened from the disk, on a phone, in the dark, by
 * keyboard.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PAGES, placeOf } from "../../docs/site/contents.ts";
import { serveSite } from "../../docs/site/serve.ts";
import { axeViolations } from "../support/axe.ts";
import { Browser, HAS_BROWSER } from "../support/browser.ts";
import type { Page } from "../support/playwright.ts";
import { builtSite } from "../support/site.ts";
import type { TempFolder } from "../support/temp_folder.ts";

const IN_BROWSER = { ignore: !HAS_BROWSER } as const;
/** Pages of each kind: prose, steps, tables. */
const LOOKED_AT = ["index.html", "tutorial.html", "reference/metrics.html"];

/** The site at an address of this machine, and a browser. */
interface Place {
  readonly browser: Browser;
  readonly url: string;
  /** The folder that is served. */
  readonly folder: TempFolder;
}

type Look = readonly [name: string, look: (at: Place) => Promise<void>];

/** Which color the page has behind its text. */
async function ground(page: Page): Promise<unknown> {
  return await page.evaluate("getComputedStyle(document.body).backgroundColor");
}

/** Run on a page: the hosts that it asked for anything, and its pictures that are not there. */
const HOSTS_ASKED =
  "[...new Set(performance.getEntriesByType('resource').map((it) => new URL(it.name).host))]";
const BROKEN_PICTURES =
  "[...document.images].filter((it) => !it.complete || it.naturalWidth === 0).map((it) => it.src)";

const LIGHT = "rgb(255, 255, 255)";
const DARK = "rgb(17, 21, 27)";

const LOOKS: readonly Look[] = [
  ["what is typed is found, and leads to its section", async (at) => {
    for (const start of [at.url, `file://${at.folder.pathOf("howto/class.html")}`]) {
      const { page, complaints } = await at.browser.open(start);
      await page.keyboard.press("/");
      await page.keyboard.type("second addres");
      await page.locator("#results li").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.locator("#results a:focus").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("#query:focus").waitFor();
      await page.keyboard.type("exit codes");
      await page.locator("#results a", { hasText: "Exit codes" }).first().waitFor();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await page.locator("#exit-codes").first().waitFor();
      assertEquals(complaints, []);
    }
  }],

  ["nothing is found for what is nowhere, and it is shown as it is", async (at) => {
    const { page } = await at.browser.open(at.url);
    await page.locator("#query").fill("<b>frobnicate</b>");
    const text = "Nothing found for “<b>frobnicate</b>”";
    await page.locator("#count", { hasText: text }).waitFor();
  }],

  ["the theme is that of the system until another one is chosen", async (at) => {
    const { page, complaints } = await at.browser.open(at.url, { colorScheme: "dark" });
    assertEquals(await ground(page), DARK);
    await page.locator("#theme").click();
    assertEquals(await ground(page), LIGHT);
    await page.reload();
    assertEquals(await ground(page), LIGHT);
    await page.locator("#theme").click();
    assertEquals(await ground(page), DARK);
    assertEquals(complaints, []);
  }],

  ["every page fits a phone, asks no other host, and complains of nothing", async (at) => {
    const { page, complaints } = await at.browser.open(at.url, { width: 360, height: 640 });
    for (const place of PAGES.map(placeOf)) {
      await page.goto(at.url + place);
      assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 360, place);
      assertEquals(await page.evaluate(HOSTS_ASKED), [new URL(at.url).host], place);
      assertEquals(await page.evaluate(BROKEN_PICTURES), [], place);
    }
    assertEquals(complaints, []);
  }],

  ["axe finds nothing wrong in the light", async (at) => {
    const { page } = await at.browser.open(at.url);
    for (const place of LOOKED_AT) {
      await page.goto(at.url + place);
      assertEquals(await axeViolations(page), [], place);
    }
  }],

  ["axe finds nothing wrong in the dark, with what is found", async (at) => {
    const { page } = await at.browser.open(`${at.url}tutorial.html`, { colorScheme: "dark" });
    await page.locator("#query").fill("backup");
    await page.locator("#results a").first().waitFor();
    assertEquals(await axeViolations(page), []);
  }],

  ["a page is read by keyboard alone", async (at) => {
    const { page } = await at.browser.open(`${at.url}tutorial.html`);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#content:focus").waitFor();
  }],

  ["on paper there is the text alone", async (at) => {
    const { page } = await at.browser.open(`${at.url}tutorial.html`, { colorScheme: "dark" });
    await page.emulateMedia({ media: "print" });
    assert(await page.locator("nav").first().isHidden());
    assert(await page.locator("header").first().isHidden());
    assertEquals(await ground(page), LIGHT);
    assertStringIncludes(await page.locator("main").innerText(), "Two machines in five minutes");
  }],
];

Deno.test("the documentation is read in a browser", IN_BROWSER, async (test) => {
  await using folder = await builtSite();
  await using server = serveSite(folder.path, 0);
  await using browser = await Browser.start();
  const at = { browser, url: `http://127.0.0.1:${server.addr.port}/`, folder };
  for (const [name, look] of LOOKS) await test.step(name, () => look(at));
});
