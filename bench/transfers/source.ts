/**
 * A process that serves one file: with the code of the client, to anybody (`plain`) or to whoever has
 * a ticket (`sealed`), or as the bare limit: read from the disk, write to the socket (`bare`).
 * `source.ts plain|sealed|bare <folder> <name>` says its port and the file's id.
 *
 * @module
 */

import { Certificates } from "../../lib/index/certificates.ts";
import { AUTHORITY_SEED_BYTES } from "../../lib/index/login/server_keys.ts";
import { ConnectionListener } from "../../lib/net/connection_listener.ts";
import { makeTlsTerminator } from "../../lib/net/make_tls_terminator.ts";
import { makeKey } from "../../lib/peer/certificates.ts";
import { toPem } from "../../lib/peer/pem.ts";
import { PieceHasher } from "../../lib/peer/pieces/piece_hasher.ts";
import { identify } from "../../lib/peer/share/identify.ts";
import { FileMemory } from "../../lib/peer/share/file_memory.ts";
import { detailsOf } from "../../lib/peer/share/identity.ts";
import { PublishedFiles } from "../../lib/peer/share/published_files.ts";
import { SharedFolder } from "../../lib/peer/share/shared_folder.ts";
import { Uploads } from "../../lib/peer/upload/uploads.ts";
import { COPY_BYTES, TICKET_MS } from "../../lib/protocol/limits.ts";
import { fromBase64Url } from "../../lib/protocol/base64url.ts";
import { labelOf, TLS_PROTOCOL } from "../../lib/protocol/tls.ts";
import { openTicket } from "../../lib/protocol/ticket.ts";
import { tell } from "../lines.ts";

/** Who transfers: the client's code, plain or sealed, or a bare copy. */
export type Kind = "plain" | "sealed" | "bare";

/** Where a file is served, and its id and the source's label if tickets are asked for. */
export interface Source {
  readonly port: number;
  readonly id: string;
  readonly label: string;
}

/** Seals every ticket of this benchmark, which does without an index. */
export const TICKET_KEY = new Uint8Array(32).fill(7);

/** Asks a downloader how long the first bytes take, in milliseconds from the connection on. */
export const FIRST_BYTES = "/first";

const CERTIFICATES = new Certificates(new Uint8Array(AUTHORITY_SEED_BYTES).fill(7));

/** Tells the certificate of the authority of every source, in PEM. */
export async function authority(): Promise<string> {
  return pemOf(await CERTIFICATES.authority());
}

const [kind, folder = "", name = ""] = Deno.args;
const ANY_PORT = { hostname: "127.0.0.1", port: 0 };

function pemOf(certificate: string): string {
  return toPem(fromBase64Url(certificate)!);
}

async function serveOurs(): Promise<Source> {
  using hasher = new PieceHasher();
  const published = new PublishedFiles(new SharedFolder(folder), FileMemory.inMemory(), hasher);
  published.enter("bench");
  const file = await published.folder.open(name);
  const identity = kind === "sealed" ? await identify(file, hasher) : undefined;
  await file.close();
  if (identity) published.remember(name, identity);
  published.put({ name, ...identity && { details: detailsOf(identity) }, isTold: true });
  const listener = ConnectionListener.bind(ANY_PORT);
  const uploads = new Uploads(listener, published, {
    openTicket: (ticket) => {
      const opened = openTicket(TICKET_KEY, ticket);
      return opened && { ...opened, leftMs: TICKET_MS };
    },
  });
  if (!identity) return { port: listener.address.port, id: "", label: "" };
  const { spki, privateKey: key } = makeKey();
  const certificate = pemOf(await CERTIFICATES.issue(spki));
  const protocol = TLS_PROTOCOL;
  const sealed = ConnectionListener.bind(ANY_PORT);
  uploads.serveSealed(sealed, await makeTlsTerminator({ certificate, key, protocol }));
  return { port: sealed.address.port, id: identity.id, label: labelOf(spki) };
}

function serveBare(): Source {
  const listener = Deno.listen(ANY_PORT);
  serve(listener);
  return { port: listener.addr.port, id: "", label: "" };
}

async function serve(listener: Deno.TcpListener): Promise<void> {
  for await (using connection of listener) {
    using file = await Deno.open(`${folder}/${name}`);
    const buffer = new Uint8Array(COPY_BYTES);
    for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
      for (let sent = 0; sent < n;) sent += await connection.write(buffer.subarray(sent, n));
    }
  }
}

if (import.meta.main) tell(kind === "bare" ? serveBare() : await serveOurs());
