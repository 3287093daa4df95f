/**
 * The bare limit of downloads: read from the socket, write to the disk; every line of input is the
 * name of a file. `bare_downloader.ts <port> <folder>`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { COPY_BYTES } from "../../lib/protocol/limits.ts";
import { linesOf } from "../lines.ts";
import type { Transfer } from "./pair.ts";

const [port, folder] = Deno.args;
const source = { hostname: "127.0.0.1", port: Number(port) };

async function download(name: string): Promise<Transfer> {
  const begin = performance.now();
  using connection = await Deno.connect(source);
  using file = await Deno.open(`${folder}/${name}`, { write: true, createNew: true });
  const bytes = await copy(connection, file);
  const writtenAt = performance.now();
  await file.syncData();
  return { bytes, writtenMs: writtenAt - begin, finishedMs: performance.now() - begin };
}

async function copy(from: Deno.TcpConn, to: Deno.FsFile): Promise<number> {
  const buffer = new Uint8Array(COPY_BYTES);
  let bytes = 0;
  for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
    for (let done = 0; done < n;) done += await to.write(buffer.subarray(done, n));
    bytes += n;
  }
  return bytes;
}

for await (const name of linesOf(Deno.stdin.readable)) {
  toStdout(JSON.stringify(await download(name)) + "\n");
}
