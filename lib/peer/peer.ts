/**
 * A user's side of the system: logged in at the index, serving a shelf, fetching from others.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { ConnectionListener } from "../net/connection.ts";
import { DatagramSocket } from "../net/datagrams.ts";
import { listeningHostFor } from "../net/resolve.ts";
import { type Address, formatAddress, isLoopback } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import { DOWNLOAD_TRIES, LEAVING_MS } from "../protocol/limits.ts";
import type { Reply } from "../protocol/messages.ts";
import { plainNameFault } from "../protocol/names.ts";
import { type DownloadOptions, downloadPlain, isTheirs } from "./download.ts";
import { IndexLink } from "./index_link.ts";
import { IndexSession } from "./index_session.ts";
import { assertFree } from "./part_file.ts";
import { Shelf } from "./shelf.ts";
import { Uploads } from "./uploads.ts";

/** The reply that lists something. */
export type List = Reply & { kind: "list" };

/** What came of the publications of an earlier session. */
export interface Restored {
  /** Names that are served again. */
  readonly served: readonly string[];
  /** Names that the folder does not hold any more. */
  readonly missing: readonly string[];
  /** How many publications the index could not list. */
  readonly unlisted: number;
}

/** How a {@linkcode Peer} is set up. */
export interface PeerOptions {
  /** Where the index is; `hostname` is an IP literal. */
  readonly index: Address;
  /** The folder whose files are shared and where downloads go. */
  readonly folder: string;
  /**
   * Whether passwords and files may leave this machine in clear.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
  /** Waits between sendings of a request, in milliseconds. */
  readonly retransmitMs?: readonly number[] | undefined;
  /** How long a source may send nothing, in milliseconds. @default {10_000} */
  readonly stallMs?: number | undefined;
}

/** A downloaded file. */
export interface Downloaded {
  readonly name: string;
  /** Its size in bytes. */
  readonly size: number;
  /** Who sent it. */
  readonly source: Address;
}

/** One client of the system. */
export class Peer {
  readonly #options: PeerOptions;
  readonly #link: IndexLink;
  readonly #listener: ConnectionListener;
  readonly #shelf: Shelf;
  readonly #uploads: Uploads;
  readonly #session: IndexSession;
  #closing: Promise<number> | undefined;

  /**
   * Binds the sockets of a client, which may then log in.
   *
   * @throws {BitTrickleError} `refused` if the index is another machine and nothing may leave this
   * one in clear, `network` if no socket can be had
   */
  constructor(options: PeerOptions) {
    const { index, folder, allowPlain, retransmitMs } = options;
    assertMayTalk(index, allowPlain);
    const hostname = listeningHostFor(index.hostname);
    this.#options = options;
    this.#listener = ConnectionListener.bind({ hostname, port: 0 });
    this.#link = new IndexLink(DatagramSocket.bind({ hostname, port: 0 }), index, retransmitMs);
    this.#shelf = new Shelf(folder);
    this.#uploads = new Uploads(this.#listener, this.#shelf, { allowPlain });
    this.#session = new IndexSession(this.#link, { onReturn: () => this.#publishShelf() });
  }

  /** What runs and waits at the upload port. */
  get uploads(): { readonly running: number; readonly waiting: number } {
    return this.#uploads;
  }

  /**
   * Logs in and serves again what the user had published and the folder still holds.
   *
   * @throws {BitTrickleError} `login_refused`, `already_active`, `timeout`, `usage`, `network` or `interrupted`
   */
  async logIn(user: string, password: string): Promise<Restored> {
    await this.#session.logIn(user, password, this.#listener.address.port);
    return await this.#restore();
  }

  /** Who else is active. */
  async lap(): Promise<List> {
    return await this.#session.ask({ verb: "lap" }) as List;
  }

  /** What the user publishes. */
  async lpf(): Promise<List> {
    return await this.#session.ask({ verb: "lpf" }) as List;
  }

  /** Names that contain `text` and that others who are active publish. */
  async sch(text: string): Promise<List> {
    return await this.#session.ask({ verb: "sch", text }) as List;
  }

  /**
   * Publishes the file `name` of the folder and serves it from then on.
   *
   * @throws {BitTrickleError} `usage`, `not_found` or `disk` for a file that cannot be shared
   */
  async pub(name: string): Promise<Reply> {
    assertPlainName("publish", name);
    await this.#shelf.check(name);
    const reply = await this.#session.ask({ verb: "pub", name });
    this.#shelf.add(name);
    return reply;
  }

  /** Withdraws the publication of `name` and serves it no more. */
  async unp(name: string): Promise<Reply> {
    assertPlainName("unpublish", name);
    const reply = await this.#session.ask({ verb: "unp", name });
    this.#shelf.remove(name);
    return reply;
  }

  /**
   * Downloads `name` into the folder. When a source fails, the index is asked for one again.
   *
   * Returns `undefined` if nobody who is active publishes it.
   *
   * @throws {BitTrickleError} `exists` and `disk` for trouble with the folder, else the last
   * source's error
   */
  async get(name: string, options: DownloadOptions = {}): Promise<Downloaded | undefined> {
    assertPlainName("download", name);
    await assertFree(this.#options.folder, name);
    let failure: BitTrickleError | undefined;
    for (let i = 0; i < DOWNLOAD_TRIES; i++) {
      const source = await this.#askForSource(name);
      if (!source) break;
      try {
        return await this.#fetch(name, source, options);
      } catch (error) {
        if (!(error instanceof BitTrickleError) || !isTheirs(error)) throw error;
        failure = error;
      }
    }
    if (!failure) return undefined;
    throw new BitTrickleError(failure.code, `Cannot download "${name}": ${failure.message}`);
  }

  /**
   * Leaves: beats no more, interrupts what waits for the index, lets running uploads finish for up
   * to `graceMs` milliseconds, and returns how many were cut off. Further calls wait for the first.
   */
  close(graceMs: number = LEAVING_MS): Promise<number> {
    return this.#closing ??= this.#close(graceMs);
  }

  async #close(graceMs: number): Promise<number> {
    const leaving = [this.#uploads.close(graceMs), this.#link.close(), this.#session.close()];
    const [cut] = await Promise.all(leaving);
    return cut as number;
  }

  async #restore(): Promise<Restored> {
    const { items, more } = await this.lpf();
    const served: string[] = [];
    const missing: string[] = [];
    for (const name of items) {
      const isThere = await this.#shelf.check(name).then(() => true, () => false);
      if (isThere) this.#shelf.add(name);
      (isThere ? served : missing).push(name);
    }
    return { served, missing, unlisted: more };
  }

  /** An index that was started again may have forgotten what was published. */
  async #publishShelf(): Promise<void> {
    for (const name of this.#shelf.names) await this.#session.ask({ verb: "pub", name });
  }

  async #askForSource(name: string): Promise<Address | undefined> {
    const reply = await this.#session.ask({ verb: "get", name });
    return reply.kind === "source" ? { hostname: reply.ip, port: reply.port } : undefined;
  }

  async #fetch(name: string, source: Address, options: DownloadOptions): Promise<Downloaded> {
    const { folder, allowPlain, stallMs } = this.#options;
    assertMayTalk(source, allowPlain);
    const size = await downloadPlain(name, source, folder, { stallMs, ...options });
    return { name, size, source };
  }
}

function assertMayTalk(address: Address, allowPlain = false): void {
  if (allowPlain || isLoopback(address.hostname)) return;
  throw new BitTrickleError(
    "refused",
    `Will not talk to ${formatAddress(address)} in clear, where the network can read passwords ` +
      "and files: add --allow-plain if you trust the network",
  );
}

function assertPlainName(action: string, name: string): void {
  const fault = plainNameFault(name);
  if (!fault) return;
  throw new BitTrickleError("usage", `Cannot ${action} "${escapeText(name)}": ${fault}`);
}
