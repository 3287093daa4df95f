/**
 * `deno task site [folder] [--serve [port]]`: builds the site, into `dist/site` unless a folder is
 * named, and serves it on this machine until Ctrl-C.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { buildSite } from "./build.ts";
import { serveSite } from "./serve.ts";

const FOLDER = "dist/site";
const PORT = 8000;

if (import.meta.main) {
  const { _: words, serve } = parseArgs(Deno.args, { string: ["serve"] });
  const folder = String(words[0] ?? FOLDER);
  const pages = await buildSite(folder);
  say(`${pages.length} pages in ${folder}`);
  if (serve !== undefined) {
    const { addr } = serveSite(folder, serve === "" ? PORT : Number(serve));
    say(`http://127.0.0.1:${addr.port}/`);
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
