/**
 * Takes the pictures of the status page in docs/: `deno task screenshots`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { Browser, type ViewOptions } from "./support/browser.ts";
import { CLASS_TIME } from "./support/fake_status.ts";
import { StatusPage } from "./support/status_page.ts";

const DOCS = fromFileUrl(new URL("../docs/", import.meta.url));

const PICTURES: readonly (readonly [name: string, options: ViewOptions])[] = [
  ["desktop", { width: 1_280, height: 1_000 }],
  ["phone", { width: 360, height: 1_300 }],
  ["dark", { width: 1_280, height: 1_000, colorScheme: "dark" }],
];

await using page = await StatusPage.start();
page.status.isHostile = false;
await using browser = await Browser.start();
for (const [name, options] of PICTURES) {
  const { page: view } = await browser.open(page.url, { ...options, time: CLASS_TIME });
  await view.locator(".holder").first().waitFor();
  await view.locator("#files tr").first().waitFor();
  await view.screenshot({ path: `${DOCS}status-${name}.png` });
}
