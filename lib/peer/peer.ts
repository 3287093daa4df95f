/**
 * A user's side of the system: logged in at the index, serving a shelf, fetching from others.
 *
 * @module
 */

import { join, resolve } from "@std/path";
import { BitTrickleError, interrupted } from "../errors.ts";
import { ConnectionListener } from "../net/connection.ts";
import { listeningHostFor } from "../net/resolve.ts";
import { formatAddress } from "../protocol/address.ts";
import { LEAVING_MS, STALL_MS } from "../protocol/limits.ts";
import type { Reply } from "../protocol/messages.ts";
import { Connections } from "./connections.ts";
import { FileMemory } from "./file_memory.ts";
import { type GetOptions, Getter, type Gotten } from "./getter.ts";
import { getTree, type GottenTree } from "./get_tree.ts";
import type { IdentifyOptions } from "./identify.ts";
import type { Ask, IndexSession, List, SessionRequest } from "./index_session.ts";
import { openSession, type Protocol, protocolsFor, type SessionSettings } from "./open_session.ts";
import { PublishedFiles } from "./published_files.ts";
import { type PublishedTree, Publisher, type Restored } from "./publisher.ts";
import { Shelf } from "./shelf.ts";
import { Uploads } from "./uploads.ts";

/** How a {@linkcode Peer} is set up. */
export interface PeerOptions extends SessionSettings {
  /** The folder whose files are shared and where downloads go. */
  readonly folder: string;
  /** What the client remembers of files. @default nothing */
  readonly memory?: FileMemory | undefined;
  /**
   * Whether files may leave this machine in clear.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
  /** How long a source may send nothing, in milliseconds. @default {10_000} */
  readonly stallMs?: number | undefined;
  /** How long to go on without any source, in milliseconds. @default {15_000} */
  readonly patienceMs?: number | undefined;
  /** Hears that a published file had changed and was published anew, or why not. */
  readonly onChanged?: ((name: string, error: unknown) => void) | undefined;
}

/** How a peer gets files. */
export interface PeerGetOptions extends GetOptions {
  /** Whether to publish what was fetched. @default {false} */
  readonly share?: boolean | undefined;
  /** Hears the place in the queue of a source, counted from 1, while no source sends anything. */
  readonly onQueued?: ((user: string, position: number) => void) | undefined;
  /** Hears that a source begins to send a piece. */
  readonly onSending?: (() => void) | undefined;
}

/** What there is once the user has been let in. */
interface Joined {
  readonly session: IndexSession;
  readonly publisher: Publisher;
  readonly getter: Getter;
}

/** One client of the system. */
export class Peer {
  readonly #options: PeerOptions;
  readonly #listener: ConnectionListener;
  readonly #shelf: Shelf;
  readonly #memory: FileMemory;
  readonly #uploads: Uploads;
  readonly #leaving = new AbortController();
  readonly #changing = new Map<string, Promise<void>>();
  #session: IndexSession | undefined;
  #joined: Joined | undefined;
  #closing: Promise<number> | undefined;

  /**
   * Opens the upload port of a client, which may then log in.
   *
   * @throws {BitTrickleError} `network` if no port can be had
   */
  constructor(options: PeerOptions) {
    const { index, folder, allowPlain } = options;
    this.#options = options;
    const hostname = listeningHostFor(index.hostname);
    this.#listener = ConnectionListener.bind({ hostname, port: 0 });
    this.#shelf = new Shelf(resolve(folder));
    this.#memory = options.memory ?? FileMemory.forgetful();
    this.#uploads = new Uploads(this.#listener, this.#shelf, {
      allowPlain,
      openTicket: (ticket) => this.#session?.openTicket(ticket),
      onChanged: (name) => this.#publishChanged(name),
    });
  }

  /** Whether the user has been let in. */
  get hasJoined(): boolean {
    return this.#joined !== undefined;
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
        const session = await this.#logInWith(protocol, protocols.length > 1, user, password);
        this.#joined = this.#join(session, user);
        return await this.#joined.publisher.restore((name) => this.#publishChanged(name));
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

  /**
   * Names that contain every word of `text` and that others who are active publish.
   *
   * @param most About how many are enough. @default all
   */
  async sch(text: string, most?: number): Promise<List> {
    return await this.#member.session.ask({ verb: "sch", text }, most) as List;
  }

  /** Publishes a file, see {@linkcode Publisher.pub}. */
  async pub(name: string, options: IdentifyOptions = {}): Promise<Reply> {
    return await this.#member.publisher.pub(name, options);
  }

  /** Publishes a folder, see {@linkcode Publisher.pubTree}. */
  async pubTree(name: string, options: IdentifyOptions = {}): Promise<PublishedTree> {
    return await this.#member.publisher.pubTree(name, options);
  }

  /** Withdraws the publication of `name` and serves it no more. */
  async unp(name: string): Promise<Reply> {
    return await this.#member.publisher.unp(name);
  }

  /** Withdraws every publication below the folder `name`, and returns their names. */
  async unpTree(name: string): Promise<readonly string[]> {
    return await this.#member.publisher.unpTree(name);
  }

  /** Whether `name` is a folder in the shared one, or that itself. */
  async isFolder(name: string): Promise<boolean> {
    const info = await Deno.lstat(join(this.#shelf.folder, name)).catch(() => undefined);
    return info?.isDirectory ?? false;
  }

  /** Gets a file, see {@linkcode Getter.get}. */
  async get(wanted: string, options: PeerGetOptions = {}): Promise<Gotten> {
    using connections = this.#connections(options);
    return await this.#getAndShare(wanted, connections, options);
  }

  /** Gets a tree of files, see {@linkcode getTree}. */
  async getTree(folder: string, options: PeerGetOptions = {}): Promise<GottenTree> {
    using connections = this.#connections(options);
    const get = (name: string, options: GetOptions) => {
      return this.#getAndShare(name, connections, options);
    };
    const own = this.#shelf.names;
    return await getTree(folder, { search: (text) => this.sch(text), get, own }, options);
  }

  /**
   * Leaves: tells the index, interrupts what waits for it, lets running uploads finish for up to
   * `graceMs` milliseconds, and returns how many were cut off. Further calls wait for the first.
   */
  close(graceMs: number = LEAVING_MS): Promise<number> {
    return this.#closing ??= this.#close(graceMs);
  }

  async #close(graceMs: number): Promise<number> {
    this.#leaving.abort();
    const [cut] = await Promise.all([this.#uploads.close(graceMs), this.#session?.close()]);
    await Promise.all(this.#changing.values());
    if (!this.#options.memory) this.#memory[Symbol.dispose]();
    return cut;
  }

  get #member(): Joined {
    if (this.#joined) return this.#joined;
    throw new BitTrickleError("refused", "Log in first");
  }

  #connections({ signal, onQueued, onSending }: PeerGetOptions): Connections {
    const { stallMs = STALL_MS } = this.#options;
    return new Connections({ stallMs, signal, onQueued, onSending });
  }

  async #getAndShare(
    wanted: string,
    connections: Connections,
    options: PeerGetOptions,
  ): Promise<Gotten> {
    const { getter, publisher } = this.#member;
    const { patienceMs } = this.#options;
    const gotten = await getter.get(wanted, connections, { patienceMs, ...options });
    if (gotten.kind === "downloaded" && options.share) await publisher.pub(gotten.name);
    return gotten;
  }

  async #logInWith(
    protocol: Protocol,
    mayBePlain: boolean,
    user: string,
    password: string,
  ): Promise<IndexSession> {
    if (this.#closing) throw interrupted();
    const onReturn = async (ask: Ask) => await this.#joined?.publisher.publishAgain(ask);
    const session = openSession(protocol, { ...this.#options, mayBePlain, onReturn });
    this.#session = session;
    try {
      await session.logIn(user, password, this.#listener.address.port);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  #join(session: IndexSession, user: string): Joined {
    const { index, allowPlain, stallMs } = this.#options;
    const { folder } = this.#shelf;
    const place = JSON.stringify([formatAddress(index), user, folder]);
    const files = new PublishedFiles(this.#shelf, this.#memory, place);
    const common = { ask: (request: SessionRequest) => session.ask(request), files };
    const { isSealed } = session;
    const publisher = new Publisher({ ...common, shelf: this.#shelf, isSealed });
    const getter = new Getter({ ...common, folder, isSealed, allowPlain, stallMs });
    return { session, publisher, getter };
  }

  async #ask(request: SessionRequest): Promise<Reply> {
    return await this.#member.session.ask(request);
  }

  /** A published file is not what it was: hashes it again and tells the index, once at a time. */
  #publishChanged(name: string): void {
    if (this.#changing.has(name) || this.#closing) return;
    const { signal } = this.#leaving;
    const tell = (error?: unknown) => {
      this.#changing.delete(name);
      if (!this.#closing) this.#options.onChanged?.(name, error);
    };
    this.#changing.set(name, this.#member.publisher.pub(name, { signal }).then(() => tell(), tell));
  }
}
