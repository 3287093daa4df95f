/**
 * An upload port of protocol 2 without an index: the test issues the tickets itself.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { ConnectionListener } from "../../lib/net/connection.ts";
import { identify } from "../../lib/peer/identify.ts";
import { type Identity, Shelf } from "../../lib/peer/shelf.ts";
import { SourceConnection, type SourceOptions } from "../../lib/peer/source_connection.ts";
import { Uploads, type UploadsOptions } from "../../lib/peer/uploads.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { KEY_BYTES } from "../../lib/protocol/box.ts";
import { issueTicket, openTicket, type Pass } from "../../lib/protocol/ticket.ts";
import { TempFolder } from "./temp_folder.ts";

/** A folder, its shelf and its upload port. */
export class SealedSharing implements AsyncDisposable {
  readonly shelf: Shelf;
  readonly uploads: Uploads;
  readonly address: Address;
  /** Names of files that were found to have changed. */
  readonly changed: string[] = [];
  readonly #ticketKey = new Uint8Array(randomBytes(KEY_BYTES));
  #issued = 0;

  private constructor(readonly folder: TempFolder, options: UploadsOptions) {
    const listener = ConnectionListener.bind({ hostname: "127.0.0.1", port: 0 });
    this.address = listener.address;
    this.shelf = new Shelf(folder.path);
    this.uploads = new Uploads(listener, this.shelf, {
      openTicket: (ticket) => openTicket(this.#ticketKey, ticket),
      onChanged: (name) => void this.changed.push(name),
      ...options,
    });
  }

  /** Opens the port. */
  static async open(options: UploadsOptions = {}): Promise<SealedSharing> {
    return new SealedSharing(await TempFolder.make(), options);
  }

  /** Puts a file on the shelf. */
  async share(name: string, content: Uint8Array): Promise<Identity> {
    await this.folder.write(name, content);
    const file = await this.shelf.open(name);
    const identity = await identify(file).finally(() => file.close());
    this.shelf.add(name, identity);
    return identity;
  }

  /** What lets `downloader` fetch the file `id`. */
  pass(downloader: string, id: string): Pass {
    return issueTicket(this.#ticketKey, ++this.#issued, { downloader, id, expires: Infinity });
  }

  /** Connects with `pass`, to a way that leads here if there is another. */
  connect(
    pass: Pass,
    options: Partial<SourceOptions> = {},
    address: Address = this.address,
  ): Promise<SourceConnection> {
    return SourceConnection.open(address, pass, { stallMs: 10_000, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.uploads.close(0);
    await this.folder[Symbol.asyncDispose]();
  }
}
