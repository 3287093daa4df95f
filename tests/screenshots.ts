/**
 * Takes the pictures of the status page in docs/: `deno task screenshots`. One is of a class of real
 * clients that download a file at the same time; the others have an hour behind them that nobody
 * wants to wait for.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { publishBigFile } from "./support/big_file.ts";
import { Browser, type ViewOptions } from "./support/browser.ts";
import { CLASS_TIME, PEOPLE } from "./support/fake_status.ts";
import { FROM_SOURCE } from "./support/program.ts";
import { servePage } from "./support/served_page.ts";
import { StatusPage } from "./support/status_page.ts";
import { credentialsOf } from "./support/users.ts";

const DOCS = fromFileUrl(new URL("../docs/", import.meta.url));

const PICTURES: readonly (readonly [name: string, options: ViewOptions])[] = [
  ["desktop", { width: 1_280, height: 1_000 }],
  ["phone", { width: 360, height: 1_300 }],
  ["dark", { width: 1_280, height: 1_000, colorScheme: "dark" }],
];

/** The slowest gets so many kB a second, and each other one more by so many: all have some, one all. */
const KB = { slowest: 500, more: 200 } as const;
const FILE_MIB = 64;

await using browser = await Browser.start();
await takePictures();
await takeClass();

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
