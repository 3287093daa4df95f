/**
 * Takes the pictures of pages in docs/: `deno task screenshots`, or one kind of them with `site`,
 * `status` or `class` behind it. That of a class is of real clients that download a file at the same
 * time; those of the status page have an hour behind them that nobody wants to wait for.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { serveSite } from "../docs/site/serve.ts";
import { publishBigFile } from "./support/big_file.ts";
import { Browser, type ViewOptions } from "./support/browser.ts";
import { CLASS_TIME, PEOPLE } from "./support/fake_status.ts";
import { FROM_SOURCE } from "./support/program.ts";
import { servePage } from "./support/served_page.ts";
import { builtSite } from "./support/site.ts";
import { StatusPage } from "./support/status_page.ts";
import { credentialsOf } from "./support/users.ts";

const DOCS = fromFileUrl(new URL("../docs/", import.meta.url));

const PICTURES: readonly (readonly [name: string, options: ViewOptions])[] = [
  ["desktop", { width: 1_280, height: 1_000 }],
  ["phone", { width: 360, height: 1_300 }],
  ["dark", { width: 1_280, height: 1_000, colorScheme: "dark" }],
];

const SITE_PICTURES: readonly (readonly [name: string, page: string, options: ViewOptions])[] = [
  ["desktop", "index.html", { width: 1_280, height: 900 }],
  ["search", "tutorial.html", { width: 1_280, height: 900 }],
  ["dark", "howto/class.html", { width: 1_280, height: 900, colorScheme: "dark" }],
  ["phone", "tutorial.html", { width: 360, height: 740 }],
];

/** The slowest gets so many kB a second, and each other one more by so many: all have some, one all. */
const KB = { slowest: 500, more: 200 } as const;
const FILE_MIB = 64;

await using browser = await Browser.start();
const kinds = Deno.args.length > 0 ? Deno.args : ["site", "status", "class"];
if (kinds.includes("site")) await takeSite();
if (kinds.includes("status")) await takePictures();
if (kinds.includes("class")) await takeClass();

async function takeSite(): Promise<void> {
  await using site = await builtSite();
  await using server = serveSite(site.path, 0);
  for (const [name, place, options] of SITE_PICTURES) {
    const { page } = await browser.open(`http://127.0.0.1:${server.addr.port}/${place}`, options);
    if (name === "search") {
      await page.locator("#query").fill("invitation lost");
      await page.locator("#results li").first().waitFor();
    }
    await page.screenshot({ path: `${DOCS}site-${name}.png` });
  }
}

async function takePictures(): Promise<void> {
  await using server = await StatusPage.start();
  server.status.isHostile = false;
  for (const [name, options] of PICTURES) {
    const { page } = await browser.open(server.url, { ...options, time: CLASS_TIME });
    await page.locator(".holder").first().waitFor();
    await page.locator("#files tr").first().waitFor();
    await page.screenshot({ path: `${DOCS}status-${name}.png` });
  }
}

async function takeClass(): Promise<void> {
  const [teacher, ...pupils] = ["hans", ...PEOPLE];
  const credentials = credentialsOf([teacher!, ...pupils]);
  const { network, address } = await servePage(FROM_SOURCE, credentials);
  await using _ = network;
  await publishBigFile(await network.join(teacher!), FILE_MIB);
  const clients = [];
  for (const [i, pupil] of pupils.entries()) {
    clients.push(await network.join(pupil, ["--limit-down", `${KB.slowest + KB.more * i}k`]));
  }
  const url = `http://127.0.0.1:${address.port}/`;
  const { page } = await browser.open(url, { width: 1_280, height: 900 });
  await page.locator("#board-empty").waitFor();
  for (const { shell } of clients) await shell.type("get big");
  await page.locator(".complete").first().waitFor();
  await page.screenshot({ path: `${DOCS}status-class.png` });
}
