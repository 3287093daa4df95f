/**
 * A user's side of the system: logged in at the index, serving shared files, fetching from others.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../errors.ts";
import { ConnectionListener } from "../net/connection_listener.ts";
import { RateLimit, type TransferLimits } from "../net/rate_limit.ts";
import { LEAVING_MS } from "../protocol/limits.ts";
import type { Reply } from "../protocol/messages.ts";
import type { DetailedLists } from "./detailed_lists.ts";
import { FileMemory } from "./share/file_memory.ts";
import type { Gotten } from "./download/get_setting.ts";
import type { ByteSink } from "./download/streamed_download.ts";
import { smallDisk } from "./download/small_disk_thread.ts";
import type { Streamed, StreamOptions } from "./download/file_stream.ts";
import type { GottenTree } from "./download/get_tree.ts";
import { join, type Joined, servingOf } from "./joined.ts";
import { isFolder } from "./share/is_folder.ts";
import type { Ask, IndexSession, List } from "./session/index_session.ts";
import { makeLooks } from "./share/looks.ts";
import { IndexLocation, typedServers } from "./session/index_location.ts";
import { InMemoryKnownServers, ProvenServers } from "./session/known_servers.ts";
import type { SealedSessionOptions } from "./session/sealed_session.ts";
import { openSession, type Protocol, protocolsFor } from "./session/open_session.ts";
import { OwnAccount } from "./own_account.ts";
import { bindSealed, plainHostsFor } from "./plain_hosts.ts";
import { sharedFolderAt } from "./share/own_files.ts";
import { PieceHasher } from "./pieces/piece_hasher.ts";
import type { PeerGetOptions, PeerOptions } from "./peer_options.ts";
import { PublishedFiles, type PublishOptions } from "./share/published_files.ts";
import type { PublishedTree, PublishTreeOptions, UnpublishTreeOptions } from "./share/publisher.ts";
import { Restoring } from "./restoring.ts";
import { RefreshQueue } from "./share/refresh_queue.ts";
import type { Restored } from "./share/republisher.ts";
import { SealedPort } from "./sealed_port.ts";
import { UnfinishedFiles } from "./share/unfinished_files.ts";
import { Uploads } from "./upload/uploads.ts";
import type { FolderShare, FolderShareOptions } from "./watch/folder_share.ts";

/** One client of the system. */
export class Peer {
  /** What all transfers share; may be changed at any time. */
  readonly limits: TransferLimits;
  readonly #options: PeerOptions;
  readonly #location: IndexLocation; // Of all sessions: the next begins where the last one was.
  readonly #plainListener: ConnectionListener;
  readonly #sealedPort: SealedPort;
  readonly #files: PublishedFiles;
  /** What downloads have so far, for uploads. */
  readonly #unfinishedFiles = new UnfinishedFiles();
  readonly #memory: FileMemory;
  readonly #known: ProvenServers;
  readonly #uploads: Uploads;
  readonly #suspects: RefreshQueue;
  readonly #hasher = new PieceHasher();
  readonly #smallDisk = smallDisk();
  readonly #looks = makeLooks();
  readonly #restoring: Restoring;
  #session: IndexSession | undefined;
  #joined: Joined | undefined;
  #closing: Promise<number> | undefined;

  /**
   * Opens the upload ports of a client, which may then log in.
   *
   * @throws {BitTrickleError} `network` if no port can be had
   */
  constructor(options: PeerOptions) {
    const { index, folder, allowPlain, limitUp, limitDown } = options;
    this.#options = options;
    this.#location = new IndexLocation(options);
    this.limits = { up: new RateLimit(limitUp), down: new RateLimit(limitDown) };
    const hosts = [index.hostname, ...options.otherAddresses ?? []] as const;
    this.#plainListener = ConnectionListener.bindFor(plainHostsFor(hosts, allowPlain));
    this.#memory = options.memory ?? FileMemory.inMemory();
    const shared = sharedFolderAt(folder, options.own);
    this.#files = new PublishedFiles(shared, this.#memory, this.#hasher);
    this.#known = new ProvenServers(options.known ?? new InMemoryKnownServers());
    this.#uploads = new Uploads(this.#plainListener, this.#files, {
      allowPlain,
      limits: this.limits,
      unfinishedFiles: this.#unfinishedFiles,
      openTicket: (ticket) => this.#session?.openTicket(ticket),
      moves: () => this.#session?.moves ?? 0,
      onChanged: (name) => this.#suspects.add({ name, isWrong: true }),
      isChanging: () => this.#restoring.isRunning || this.#suspects.isBusy,
    });
    const sealed = bindSealed(hosts, options.advertise);
    this.#sealedPort = new SealedPort(sealed, (...opened) => this.#uploads.serveSealed(...opened));
    this.#restoring = new Restoring(options, this.#sealedPort);
    this.#suspects = new RefreshQueue({
      refresh: (suspect, signal) => this.#member.republisher.refresh(suspect, signal),
      onChanged: (name, error) => options.onChanged?.(name, error),
    });
  }

  /** Whether the user has logged in. */
  get hasJoined(): boolean {
    return this.#joined !== undefined;
  }

  /** What runs and waits at the upload port. */
  get uploads(): { readonly running: number; readonly waiting: number } {
    return this.#uploads;
  }

  /** Whether what was just downloaded is served to others, who have not all of it yet. */
  get isLingering(): boolean {
    return this.#unfinishedFiles.isLingering;
  }

  /** Serves no more what was just downloaded: {@linkcode close} does not wait for it. */
  endLingering(): void {
    this.#unfinishedFiles.close();
  }

  /** What came of what had been published before the login, once that is known. */
  get restored(): Promise<Restored | undefined> {
    return this.#restoring.restored;
  }

  /**
   * Logs in, and begins to serve again what the user had published and the folder still holds, if that
   * is its purpose. An index on this machine that knows no other protocol is spoken to in the plain one.
   *
   * @throws {BitTrickleError} as {@linkcode IndexSession.logIn}, or `usage` for a user name or
   * password that the protocol cannot carry
   */
  async logIn(user: string, password: string): Promise<void> {
    const protocols = await protocolsFor({ ...this.#options, known: this.#known });
    for (const [i, protocol] of protocols.entries()) {
      try {
        return await this.#enter(protocol, protocols.length > 1, user, password);
      } catch (error) {
        const isPlain = error instanceof BitTrickleError && error.code === "plain_only";
        if (!isPlain || i === protocols.length - 1) throw error;
      }
    }
    throw new BitTrickleError("refused", "No protocol is allowed");
  }

  /** The account of the user, who need not have logged in. */
  get account(): OwnAccount {
    return new OwnAccount({
      index: typedServers(this.#options),
      known: this.#known,
      open: (user, password, known) => this.#open(user, password, { known }),
    });
  }

  /** Lists with all that is known of their items. */
  get lists(): DetailedLists {
    return this.#member.lists;
  }

  /** Who else is active. */
  async lap(): Promise<List> {
    return await this.#member.session.ask({ verb: "lap" }) as List;
  }

  /** What `user` publishes, or the one who asks. */
  async lpf(user?: string): Promise<List> {
    return await this.#member.lists.published(user);
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
  async pub(name: string, options: PublishOptions = {}): Promise<Reply> {
    return await this.#member.publisher.pub(name, options);
  }

  /** Publishes a folder, see {@linkcode Publisher.pubTree}. */
  async pubTree(name: string, options: PublishTreeOptions = {}): Promise<PublishedTree> {
    return await this.#member.publisher.pubTree(name, options);
  }

  /** Shares folders as they are, see {@linkcode FolderShare}. */
  async share(options: FolderShareOptions): Promise<FolderShare> {
    const { FolderShare } = await import("./watch/folder_share.ts");
    return await FolderShare.of({ ...options, ...this.#member });
  }

  /** Withdraws a publication, see {@linkcode Publisher.unp}. */
  async unp(name: string, isEverywhere?: boolean): Promise<Reply> {
    return await this.#member.publisher.unp(name, isEverywhere);
  }

  /** Withdraws what is below the folder `name`, see {@linkcode Publisher.unpTree}. */
  async unpTree(name: string, options?: UnpublishTreeOptions): Promise<readonly string[]> {
    return await this.#member.publisher.unpTree(name, options);
  }

  /** Whether `typed` is a folder in the shared one, or that itself. */
  async isFolder(typed: string): Promise<boolean> {
    return await isFolder(this.#files.folder.path, typed);
  }

  /** Gets a file, see {@linkcode Downloads.get}. */
  async get(wanted: string, options: PeerGetOptions = {}): Promise<Gotten> {
    return await (await this.#member.downloads()).get(wanted, options);
  }

  /** Passes a file on to `sink`, see {@linkcode Downloads.stream}. */
  async stream(wanted: string, sink: ByteSink, options: StreamOptions = {}): Promise<Streamed> {
    return await (await this.#member.downloads()).stream(wanted, sink, options);
  }

  /** Gets a tree of files, or those of a list, see {@linkcode Downloads.getTree}. */
  async getTree(wanted: string | List, options: PeerGetOptions = {}): Promise<GottenTree> {
    return await (await this.#member.downloads()).getTree(wanted, options);
  }

  /**
   * Leaves: tells the index, interrupts what waits for it, waits while {@linkcode isLingering}, lets
   * running uploads finish for up to `graceMs` milliseconds, and returns how many were cut off. Further
   * calls wait for the first; with 0 they end the lingering.
   */
  close(graceMs: number = LEAVING_MS): Promise<number> {
    if (graceMs === 0) this.endLingering();
    return this.#closing ??= this.#close(graceMs);
  }

  async #close(graceMs: number): Promise<number> {
    const ending = [this.#session?.close(), this.#suspects.close()];
    this.#sealedPort[Symbol.dispose]();
    const [cut] = await Promise.all([this.#uploads.close(graceMs), ...ending]);
    this.#hasher[Symbol.dispose]();
    this.#smallDisk[Symbol.dispose]();
    this.#looks[Symbol.dispose]();
    await this.restored.catch(() => {});
    if (!this.#options.memory) this.#memory[Symbol.dispose]();
    return cut;
  }

  get #member(): Joined {
    if (this.#joined) return this.#joined;
    throw new BitTrickleError("refused", "Log in first");
  }

  async #enter(
    protocol: Protocol,
    mayBePlain: boolean,
    user: string,
    password: string,
  ): Promise<void> {
    const onReturn = async (ask: Ask) => {
      await this.#sealedPort.renew(ask);
      if (this.#joined) await this.#restoring.begin(this.#joined, ask, true);
    };
    const serving = servingOf(user, this.#files.folder.path, this.#memory, this.#options);
    const onWithdrawals = (count: number) => this.#joined?.withdrawals.hear(count);
    const settings = { known: this.#known, mayBePlain, onReturn, onWithdrawals, ...serving };
    const session = await this.#open(user, password, settings, protocol);
    this.#joined = await this.#join(session, user, serving.share);
    await this.#restoring.begin(this.#joined, (request) => session.ask(request), false);
  }

  async #open(
    user: string,
    password: string,
    settings: SealedSessionOptions,
    protocol: Protocol = 2,
  ): Promise<IndexSession> {
    if (this.#closing) throw interrupted();
    const session = openSession(protocol, { ...this.#options, ...settings }, this.#location);
    this.#session = session;
    try {
      const ports = { plain: this.#plainListener.address.port, tls: this.#sealedPort.port };
      await session.logIn(user, password, ports);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async #join(session: IndexSession, user: string, share = ""): Promise<Joined> {
    return await join(session, user, {
      share,
      ...{ options: this.#options, limits: this.limits, files: this.#files, looks: this.#looks },
      ...{ memory: this.#memory, hasher: this.#hasher },
      unfinishedFiles: this.#unfinishedFiles,
      smallDisk: this.#smallDisk,
      sealedPort: this.#sealedPort,
      onSuspect: (suspect) => this.#suspects.add(suspect),
    });
  }
}
