/**
 * A peer that downloads with the code of the client, encrypted and verified; every line of input is
 * the name of a file. `sealed_downloader.ts "<port> <id>[,<port> <id> …]" <folder>`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { ConnectionPool, type SealedSource } from "../../lib/peer/download/connection_pool.ts";
import { download } from "../../lib/peer/download/download.ts";
import { Target } from "../../lib/peer/download/target.ts";
import { STALL_MS, TICKET_MS } from "../../lib/protocol/limits.ts";
import { issueTicket } from "../../lib/protocol/ticket.ts";
import { linesOf } from "../lines.ts";
import { FILE_BYTES } from "./file.ts";
import type { Transfer } from "./pair.ts";
import { TICKET_KEY } from "./ticket_key.ts";

const [sources = "", folder = ""] = Deno.args;
const peers = sources.split(",").map((source) => source.split(" "));
const id = peers[0]![1]!;
let tickets = 0;

function find(): SealedSource[] {
  return peers.map(([port], i) => {
    const expires = performance.now() + TICKET_MS;
    const ticket = { downloader: "bench", id, size: FILE_BYTES, expires };
    const pass = issueTicket(TICKET_KEY, ++tickets, ticket);
    const address = { hostname: "127.0.0.1", port: Number(port) };
    return { user: `source ${i}`, address, pass, since: performance.now() };
  });
}

async function fetchFile(name: string): Promise<Transfer> {
  const begin = performance.now();
  let [firstAt, writtenAt, bytes] = [0, begin, 0];
  const onProgress = (progress: number) => {
    firstAt ||= performance.now();
    writtenAt = performance.now();
    bytes = progress;
  };
  using connections = new ConnectionPool({ stallMs: STALL_MS });
  const wanted = { size: FILE_BYTES, id };
  const target = new Target(folder, name);
  const setting = { target, wanted, connections, find: () => Promise.resolve(find()) };
  await download(setting, find(), { onProgress });
  const finishedMs = performance.now() - begin;
  return { bytes, firstMs: firstAt - begin, writtenMs: writtenAt - begin, finishedMs };
}

for await (const name of linesOf(Deno.stdin.readable)) {
  toStdout(JSON.stringify(await fetchFile(name)) + "\n");
}
