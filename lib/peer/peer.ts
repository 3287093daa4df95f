/**
 * A user's side of the system: logged in at the index, serving a shelf, fetching from others.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../errors.ts";
import { ConnectionListener } from "../net/connection.ts";
import { listeningHostFor } from "../net/resolve.ts";
import { type Address, formatAddress, isLoopback } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import { DOWNLOAD_TRIES, LEAVING_MS } from "../protocol/limits.ts";
import { NONE } from "../protocol/fields.ts";
import type { Reply, Source } from "../protocol/messages.ts";
import { plainNameFault } from "../protocol/names.ts";
import { type DownloadOptions, downloadPlain, isTheirs } from "./download.ts";
import type { Ask, IndexSession, SessionRequest } from "./index_session.ts";
import { openSession, type Protocol, protocolsFor, type SessionSettings } from "./open_session.ts";
import { assertFree } from "./part_file.ts";
import { Shelf } from "./shelf.ts";
import { Uploads } from "./uploads.ts";

/** Pause before a failed download is tried again, in milliseconds: a busy peer may be free then. */
const BETWEEN_TRIES_MS = 500;

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
export interface PeerOptions extends SessionSettings {
  /** The folder whose files are shared and where downloads go. */
  readonly folder: string;
  /**
   * Whether files may leave this machine in clear.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
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
  readonly #listener: ConnectionListener;
  readonly #shelf: Shelf;
  readonly #uploads: Uploads;
  #session: IndexSession | undefined;
  #closing: Promise<number> | undefined;
  #hasJoined = false;

  /**
   * Opens the upload port of a client, which may then log in.
   *
   * @throws {BitTrickleError} `network` if no port can be had
   */
  constructor(options: PeerOptions) {
    const { index, folder, allowPlain } = options;
    this.#options = options;
    this.#listener = ConnectionListener.bind({
      hostname: listeningHostFor(index.hostname),
      port: 0,
    });
    this.#shelf = new Shelf(folder);
    this.#uploads = new Uploads(this.#listener, this.#shelf, { allowPlain });
  }

  /** Whether the user has been let in. */
  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  /** What runs and waits at the upload port. */
  get uploads(): { readonly running: number; readonly waiting: number } {
    return this.#uploads;
  }

  /**
   * Logs in and serves again what the user had published and the folder still holds. An index on
   * this machine that knows no other protocol is spoken to in the plain one.
   *
   * @throws {BitTrickleError} as {@linkcode IndexSession.logIn}, or `usage` for a user name or
   * password that the protocol cannot carry
   */
  async logIn(user: string, password: string): Promise<Restored> {
    const protocols = await protocolsFor(this.#options);
    for (const [i, protocol] of protocols.entries()) {
      try {
        await this.#logInWith(protocol, protocols.length > 1, user, password);
        this.#hasJoined = true;
        return await this.#restore();
      } catch (error) {
        const isPlain = error instanceof BitTrickleError && error.code === "plain_only";
        if (!isPlain || i === protocols.length - 1) throw error;
      }
    }
    throw new BitTrickleError("refused", "No protocol is allowed");
  }

  /** Who else is active. */
  async lap(): Promise<List> {
    return await this.#ask({ verb: "lap" }) as List;
  }

  /** What `user` publishes, or the one who asks. */
  async lpf(user?: string): Promise<List> {
    return await this.#ask({ verb: "lpf", ...user === undefined ? {} : { of: user } }) as List;
  }

  /** Names that contain every word of `text` and that others who are active publish. */
  async sch(text: string): Promise<List> {
    return await this.#ask({ verb: "sch", text }) as List;
  }

  /**
   * Publishes the file `name` of the folder and serves it from then on.
   *
   * @throws {BitTrickleError} `usage`, `not_found` or `disk` for a file that cannot be shared
   */
  async pub(name: string): Promise<Reply> {
    assertPlainName("publish", name);
    const size = await this.#shelf.check(name);
    const reply = await this.#ask({ verb: "pub", name, details: { size, id: NONE } });
    this.#shelf.add(name);
    return reply;
  }

  /** Withdraws the publication of `name` and serves it no more. */
  async unp(name: string): Promise<Reply> {
    assertPlainName("unpublish", name);
    const reply = await this.#ask({ verb: "unp", name });
    this.#shelf.remove(name);
    return reply;
  }

  /**
   * Downloads `name` into the folder. When a source fails, the index is asked for one again.
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
      if (failure) await pause(BETWEEN_TRIES_MS, options.signal);
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
   * Leaves: tells the index, interrupts what waits for it, lets running uploads finish for up to
   * `graceMs` milliseconds, and returns how many were cut off. Further calls wait for the first.
   */
  close(graceMs: number = LEAVING_MS): Promise<number> {
    return this.#closing ??= this.#close(graceMs);
  }

  async #close(graceMs: number): Promise<number> {
    const [cut] = await Promise.all([this.#uploads.close(graceMs), this.#session?.close()]);
    return cut;
  }

  async #logInWith(protocol: Protocol, mayBePlain: boolean, user: string, password: string) {
    if (this.#closing) throw interrupted();
    const onReturn = (ask: Ask) => this.#publishShelf(ask);
    const session = openSession(protocol, { ...this.#options, mayBePlain, onReturn });
    this.#session = session;
    try {
      await session.logIn(user, password, this.#listener.address.port);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async #ask(request: SessionRequest): Promise<Reply> {
    if (!this.#session) throw new BitTrickleError("refused", "Log in first");
    return await this.#session.ask(request);
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
  async #publishShelf(ask: Ask): Promise<void> {
    const { items, more } = await ask({ verb: "lpf" }) as List;
    const published = new Set(items);
    for (const name of this.#shelf.names) {
      if (published.has(name) && more === 0) continue;
      const size = await this.#shelf.check(name).catch(() => undefined);
      if (size !== undefined) await ask({ verb: "pub", name, details: { size, id: NONE } });
    }
  }

  async #askForSource(name: string): Promise<Source | undefined> {
    const reply = await this.#ask({ verb: "get", name });
    return reply.kind === "sources" ? reply.sources[0] : undefined;
  }

  async #fetch(
    name: string,
    { ip, port, file }: Source,
    options: DownloadOptions,
  ): Promise<Downloaded> {
    const { folder, allowPlain, stallMs } = this.#options;
    const source = { hostname: ip, port };
    assertMayFetch(source, allowPlain);
    const expected = { stallMs, size: file?.details?.size };
    const size = await downloadPlain(name, source, folder, { ...expected, ...options });
    return { name, size, source };
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, signal ? { signal } : {}).catch(() => {
    throw interrupted();
  });
}

function assertMayFetch(address: Address, allowPlain = false): void {
  if (allowPlain || isLoopback(address.hostname)) return;
  throw new BitTrickleError(
    "refused",
    `Will not fetch from ${
      formatAddress(address)
    } in clear, where the network can read the file: ` +
      "add --allow-plain if you trust the network",
  );
}

function assertPlainName(action: string, name: string): void {
  const fault = plainNameFault(name);
  if (!fault) return;
  throw new BitTrickleError("usage", `Cannot ${action} "${escapeText(name)}": ${fault}`);
}
