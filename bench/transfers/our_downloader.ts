/**
 * A peer that downloads with the code of the client; every line of input is the name of a file.
 * `our_downloader.ts <port> <folder>`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { downloadPlain } from "../../lib/peer/download/plain_download.ts";
import { Target } from "../../lib/peer/download/target.ts";
import { linesOf } from "../lines.ts";
import type { Transfer } from "./pair.ts";

const [port, folder = ""] = Deno.args;
const source = { hostname: "127.0.0.1", port: Number(port) };

async function download(name: string): Promise<Transfer> {
  const begin = performance.now();
  let writtenAt = begin;
  const onProgress = () => void (writtenAt = performance.now());
  const bytes = await downloadPlain(name, source, new Target(folder, name), { onProgress });
  return { bytes, writtenMs: writtenAt - begin, finishedMs: performance.now() - begin };
}

for await (const name of linesOf(Deno.stdin.readable)) {
  toStdout(JSON.stringify(await download(name)) + "\n");
}
