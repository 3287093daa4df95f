/**
 * The status page while real clients download from each other.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { publishBigFile } from "../support/big_file.ts";
import { Browser, HAS_BROWSER } from "../support/browser.ts";
import { servePage } from "../support/served_page.ts";

Deno.test("the board shows who has how much of what is downloaded", {
  ignore: !HAS_BROWSER,
}, async () => {
  const { network, address } = await servePage();
  await using _ = network;
  const hans = await network.join("hans");
  await publishBigFile(hans, 48);
  await using browser = await Browser.start();
  const { page, complaints } = await browser.open(`http://127.0.0.1:${address.port}/`);
  await page.locator("#sessions tr", { hasText: "hans" }).waitFor();
  await page.locator("#board-empty").waitFor();
  const vader = await network.join("vader", ["--limit-down", "4M"]);
  const yoda = await network.join("yoda", ["--limit-down", "6M"]);
  for (const { shell } of [vader, yoda]) await shell.type("get big");
  await page.locator(".download-head h3", { hasText: "big" }).waitFor();
  for (const user of ["vader", "yoda"]) {
    const share = page.locator(".holder", { hasText: user }).locator(".share");
    await share.locator("xpath=self::*", { hasText: /^[1-9][0-9]? %$/ }).waitFor();
  }
  for (const { shell } of [vader, yoda]) await shell.shows("downloaded", 60_000);
  await page.locator(".complete .share", { hasText: "✓ all" }).nth(1).waitFor();
  const head = await page.locator(".download-head p").first().innerText();
  assertStringIncludes(head, "48.0 MiB · 2 of 2 have all of it");
  assertEquals(complaints, []);
});
