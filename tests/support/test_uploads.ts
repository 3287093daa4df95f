/**
 * An upload port without an index, in clear and sealed: the test issues the tickets itself.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import type { Connection } from "../../lib/net/connection.ts";
import { ConnectionListener } from "../../lib/net/connection_listener.ts";
import { makeTlsTerminator } from "../../lib/net/make_tls_terminator.ts";
import type { TlsTerminator } from "../../lib/net/tls_terminator.ts";
import { openTransfer } from "../../lib/peer/transfer/handshake.ts";
import type { RecordStream } from "../../lib/peer/transfer/record_stream.ts";
import { PIECES_PER_REQUEST, TICKET_MS } from "../../lib/protocol/limits.ts";
import { encodeTransferRequest } from "../../lib/protocol/transfer.ts";
import { identify } from "../../lib/peer/share/identify.ts";
import { FileMemory } from "../../lib/peer/share/file_memory.ts";
import { detailsOf, type Identity } from "../../lib/peer/share/identity.ts";
import { PublishedFiles } from "../../lib/peer/share/published_files.ts";
import { SharedFolder } from "../../lib/peer/share/shared_folder.ts";
import { UnfinishedFiles } from "../../lib/peer/share/unfinished_files.ts";
import { SourceConnection, type SourceOptions } from "../../lib/peer/download/source_connection.ts";
import { Uploads, type UploadsOptions } from "../../lib/peer/upload/uploads.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { KEY_BYTES } from "../../lib/protocol/aead.ts";
import { ISSUER_BYTES, openTicket, type Pass, TicketIssuer } from "../../lib/protocol/ticket.ts";
import { HASHER } from "./hashed.ts";
import { type LabelledIdentity, TestAuthority } from "./test_authority.ts";
import { TempFolder } from "./temp_folder.ts";
import { ANY_PORT } from "./host.ts";

const AUTHORITY = new TestAuthority();

/** Tells the certificate of the authority of every {@linkcode TestUploads}. */
export const authority = () => AUTHORITY.certificate();

/** A folder, its shared files and its upload ports. */
export class TestUploads implements AsyncDisposable {
  readonly published: PublishedFiles;
  readonly #memory = FileMemory.inMemory();
  readonly unfinishedFiles: UnfinishedFiles;
  readonly uploads: Uploads;
  /** Where is served over TLS. */
  readonly address: Address;
  readonly plainAddress: Address;
  /** Names of files that were found to have changed. */
  readonly changed: string[] = [];
  readonly #ticketKey = new Uint8Array(randomBytes(KEY_BYTES));
  readonly #sizes = new Map<string, number>();
  /** By which tickets end: without a clock they never do. */
  readonly #now: () => number;
  readonly #issuer = new TicketIssuer(randomBytes(ISSUER_BYTES));

  private constructor(
    readonly folder: TempFolder,
    readonly identity: LabelledIdentity,
    terminator: TlsTerminator,
    options: UploadsOptions,
  ) {
    this.#now = options.now ?? (() => 0);
    const plain = ConnectionListener.bind(ANY_PORT);
    this.plainAddress = plain.address;
    this.published = new PublishedFiles(new SharedFolder(folder.path), this.#memory, HASHER);
    this.published.enter("here");
    this.unfinishedFiles = options.unfinishedFiles ?? new UnfinishedFiles();
    this.uploads = new Uploads(plain, this.published, {
      openTicket: (ticket) => {
        const opened = openTicket(this.#ticketKey, ticket);
        const leftMs = (opened?.expires ?? 0) - this.#now();
        return opened && leftMs >= 0 ? { ...opened, leftMs } : undefined;
      },
      onChanged: (name) => void this.changed.push(name),
      unfinishedFiles: this.unfinishedFiles,
      ...options,
    });
    const sealed = ConnectionListener.bind(ANY_PORT);
    this.address = sealed.address;
    this.uploads.serveSealed(sealed, terminator);
  }

  /** Opens the ports. */
  static async open(options: UploadsOptions = {}): Promise<TestUploads> {
    const identity = await AUTHORITY.identity();
    const terminator = await makeTlsTerminator(identity);
    return new TestUploads(await TempFolder.make(), identity, terminator, options);
  }

  /** Puts a file among the shared files. */
  async share(name: string, content: Uint8Array | string): Promise<Identity> {
    await this.folder.write(name, content);
    const file = await this.published.folder.open(name);
    const identity = await identify(file, HASHER).finally(() => file.close());
    this.published.remember(name, identity);
    this.published.put({ name, details: detailsOf(identity), isTold: true });
    this.#sizes.set(identity.id, (await Deno.stat(this.folder.pathOf(name))).size);
    return identity;
  }

  /** What lets `downloader` fetch the file `id`, of the size that was shared last. */
  pass(downloader: string, id: string, size: number = this.#sizes.get(id) ?? 0): Pass {
    const ticket = { downloader, id, size, expires: this.#now() + TICKET_MS };
    const { label } = this.identity;
    return { ticket: this.#issuer.issue(this.#ticketKey, ticket), label };
  }

  /** Connects with `pass`, to a way that leads here if there is another. */
  connect(
    pass: Pass,
    options: Partial<SourceOptions> = {},
    address: Address = this.address,
  ): Promise<SourceConnection> {
    return SourceConnection.open(address, pass, { stallMs: 10_000, authority, ...options });
  }

  /** Connects, and asks for nothing. Whoever gets the stream closes its connection. */
  async openTransfer(): Promise<RecordStream> {
    const expected = { label: this.identity.label, authority: await authority() };
    return await openTransfer(this.address, expected, { stallMs: 10_000 });
  }

  /** Asks for as much as sockets cannot hold, and reads none of it, so that a place is taken. */
  async occupy({ ticket }: Pass): Promise<Connection> {
    const stream = await this.openTransfer();
    const request = { verb: "pieces", first: 0, count: PIECES_PER_REQUEST, ticket } as const;
    await stream.send(encodeTransferRequest(request));
    return stream.connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.uploads.close(0);
    this.#memory[Symbol.dispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}
