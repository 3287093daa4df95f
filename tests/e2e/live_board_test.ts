/**
 * The status page while real clients download from each other.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { publishBigFile } from "../support/big_file.ts";
import { Browser, HAS_BROWSER } from "../support/browser.ts";
import { servePage } from "../support/served_page.ts";

Deno.test("the board shows who downloads what", {
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
    await page.locator(".holder", { hasText: user }).waitFor();
  }
  const head = await page.locator(".download-head p").first().innerText();
  assertStringIncludes(head, "48.0 MiB");
  assertEquals(complaints, []);
});
