/**
 * A process that downloads: with the code of the client, `plain` or `sealed`, or as the bare limit:
 * read from the socket, write to the disk (`bare`). Every line of input is the name of a file, or
 * {@linkcode FIRST_BYTES}.
 * `downloader.ts plain|sealed|bare <sources as JSON> <folder> <bytes of the file>`
 *
 * @module
 */

import { ConnectionPool, type SealedSource } from "../../lib/peer/download/connection_pool.ts";
import { download } from "../../lib/peer/download/download.ts";
import { PartialDownload } from "../../lib/peer/download/partial_download.ts";
import { downloadPlain } from "../../lib/peer/download/plain_download.ts";
import { StreamedDownload } from "../../lib/peer/download/streamed_download.ts";
import { Target } from "../../lib/peer/download/target.ts";
import type { DownloadState } from "../../lib/peer/download/transfer_state.ts";
import { PieceHasher } from "../../lib/peer/pieces/piece_hasher.ts";
import { COPY_BYTES, PIECE_BYTES, STALL_MS, TICKET_MS } from "../../lib/protocol/limits.ts";
import { ISSUER_BYTES, TicketIssuer } from "../../lib/protocol/ticket.ts";
import { answerLines } from "../lines.ts";
import { authority, FIRST_BYTES, type Kind, type Source, TICKET_KEY } from "./source.ts";

/** What one transfer brought. */
export interface Transfer {
  readonly bytes: number;
  /** Milliseconds until the first piece was there, verified if it is sealed. */
  readonly firstMs: number;
  /** Milliseconds until the last byte was written to the file. */
  readonly writtenMs: number;
  /** Milliseconds until the file was complete and on the disk. */
  readonly finishedMs: number;
}

const [kind, known = "", folder = "", size = ""] = Deno.args;
const sources = JSON.parse(known) as Source[];
const addresses = sources.map(({ port }) => ({ hostname: "127.0.0.1", port }));
const hasher = new PieceHasher();
/** Enough for other pieces to come beside the first one. */
const FIRST_PIECES = 16;
const ISSUER = new TicketIssuer(crypto.getRandomValues(new Uint8Array(ISSUER_BYTES)));

type OnProgress = (bytes: number) => void;

async function downloadBare(name: string, onProgress: OnProgress): Promise<void> {
  using connection = await Deno.connect(addresses[0]!);
  using file = await Deno.open(`${folder}/${name}`, { write: true, createNew: true });
  const buffer = new Uint8Array(COPY_BYTES);
  let bytes = 0;
  for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
    for (let done = 0; done < n;) done += await file.write(buffer.subarray(done, n));
    onProgress(bytes += n);
  }
  await file.syncData();
}

async function downloadSealed(name: string, onProgress: OnProgress): Promise<void> {
  using connections = new ConnectionPool({ stallMs: STALL_MS, authority });
  const wanted = { size: Number(size), id: sources[0]!.id };
  const find = () => Promise.resolve(withTickets(wanted));
  const open = PartialDownload.into(new Target(folder, name), wanted, hasher);
  const setting = { wanted, open, connections, find };
  await download(setting, await find(), { onProgress: ({ bytes }) => onProgress(bytes) });
}

/** Reads the beginning of the file as `cat` does, over a connection that is there. */
async function awaitFirstBytes(): Promise<number> {
  using connections = new ConnectionPool({ stallMs: STALL_MS, authority });
  const wanted = { size: Number(size), id: sources[0]!.id };
  const found = withTickets(wanted);
  await connections.connect(found[0]!, 0);
  const begin = performance.now();
  let firstMs: number | undefined;
  const sink = () => Promise.resolve(void (firstMs ??= performance.now() - begin));
  const end = Math.min(wanted.size, FIRST_PIECES * PIECE_BYTES);
  const open = StreamedDownload.into(sink, wanted, { start: 0, end });
  await download({ wanted, open, connections, find: () => Promise.resolve(found) }, found);
  return firstMs!;
}

function withTickets(content: { readonly size: number; readonly id: string }): SealedSource[] {
  const expires = performance.now() + TICKET_MS;
  return addresses.map((address, i) => {
    const { label } = sources[i]!;
    const ticket = ISSUER.issue(TICKET_KEY, { downloader: "bench", ...content, expires });
    const pass = { ticket, label };
    return { user: `source ${i}`, address, pass, since: performance.now() };
  });
}

const DOWNLOADS: Record<Kind, (name: string, onProgress: OnProgress) => Promise<unknown>> = {
  plain: (name, onProgress) => {
    const options = { onProgress: ({ bytes }: DownloadState) => onProgress(bytes) };
    return downloadPlain(name, addresses[0]!, new Target(folder, name), options);
  },
  sealed: downloadSealed,
  bare: downloadBare,
};

if (kind === "sealed") await authority(); // Clients have it of the index, and need not make it.

await answerLines(async (name): Promise<Transfer | number> => {
  if (name === FIRST_BYTES) return await awaitFirstBytes();
  const begin = performance.now();
  let [firstAt, writtenAt, bytes] = [0, begin, 0];
  await DOWNLOADS[kind as Kind](name, (progress) => {
    writtenAt = performance.now();
    if (progress > 0) firstAt ||= writtenAt;
    bytes = progress;
  });
  const finishedMs = performance.now() - begin;
  return { bytes, firstMs: firstAt - begin, writtenMs: writtenAt - begin, finishedMs };
});
