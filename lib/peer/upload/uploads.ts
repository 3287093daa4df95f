/**
 * Serving published files to other peers: to whom, and which.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import type { Connection } from "../../net/connection.ts";
import type { ConnectionListener } from "../../net/connection_listener.ts";
import type { TlsTerminator } from "../../net/tls_terminator.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { isLoopback } from "../../protocol/address.ts";
import { WAITING_UPLOADS } from "../../protocol/limits.ts";
import { FILE_NOT_FOUND } from "../../protocol/plain_transfer.ts";
import type { ShownTicket } from "../../protocol/ticket.ts";
import { readName } from "./name_reader.ts";
import { GivenPieces } from "./given_pieces.ts";
import { PlainUpload } from "./plain_upload.ts";
import { RehashLimit } from "./rehash_limit.ts";
import type { UploadSource } from "./sealed_upload.ts";
import { smallReads } from "../share/small_reads.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import { UnfinishedFiles } from "../share/unfinished_files.ts";
import { UploadPool } from "./upload_pool.ts";
import { UploadPort, type UploadPortOptions } from "./upload_port.ts";

/** How {@linkcode Uploads} are served. */
export interface UploadsOptions extends UploadPortOptions {
  /**
   * Whether hosts other than this one are served in clear, over a network that can read every file.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
  /** What downloads serve of what they have. @default none */
  readonly unfinishedFiles?: UnfinishedFiles | undefined;
  /** Opens a ticket of the index, if it is still good. @default opens none */
  readonly openTicket?: ((ticket: string) => ShownTicket | undefined) | undefined;
  /** The time in milliseconds of a steady clock, by which tickets end. @default {performance.now} */
  readonly now?: (() => number) | undefined;
  /** Hears of a published file that is not what it was: it has to be hashed again. */
  readonly onChanged?: ((name: string) => void) | undefined;
  /** Whether files are being hashed again at this moment. @default never */
  readonly isChanging?: (() => boolean) | undefined;
  /** How often a queued client is told its position, in milliseconds. @default {4_000} */
  readonly trickleMs?: number | undefined;
}

/**
 * Serves files: published and unfinished ones over TLS to those with a ticket, published ones in clear by
 * name.
 */
export class Uploads {
  readonly #published: PublishedFiles;
  readonly #options: UploadsOptions;
  readonly #pool: UploadPool;
  readonly #source: UploadSource;
  readonly #smallReads = smallReads();
  readonly #rehashLimit = new RehashLimit();
  readonly #plainPort: UploadPort;
  #sealedPort: UploadPort | undefined;
  #terminator: TlsTerminator | undefined;
  #isClosed = false;

  /** @param plain Where files are served in clear */
  constructor(
    plain: ConnectionListener,
    published: PublishedFiles,
    options: UploadsOptions = {},
  ) {
    this.#published = published;
    this.#options = options;
    this.#pool = new UploadPool(options.trickleMs);
    const { openTicket = () => undefined, onChanged = () => {}, isChanging = () => false } =
      options;
    const { now = () => performance.now() } = options;
    const mayHashAgain = (id: string) => this.#rehashLimit.take(id, performance.now());
    const { unfinishedFiles = new UnfinishedFiles() } = options;
    const [given, smallReads] = [new GivenPieces(), this.#smallReads];
    const common = { published, unfinishedFiles, smallReads, pool: this.#pool, given };
    this.#source = { ...common, openTicket, now, onChanged, isChanging, mayHashAgain };
    this.#plainPort = new UploadPort(plain, (...peer) => this.#servePlain(...peer), options);
  }

  /** Serves over TLS as well, at `listener`. Both are closed with the other port. */
  serveSealed(listener: ConnectionListener, terminator: TlsTerminator): void {
    this.#terminator = terminator;
    if (this.#isClosed) {
      terminator[Symbol.dispose]();
      return listener.close();
    }
    const port: UploadPort = new UploadPort(
      listener,
      (connection, asking) => this.#terminate(terminator, port, connection, asking),
      this.#options,
    );
    this.#sealedPort = port;
  }

  /** How many uploads run. */
  get running(): number {
    return this.#pool.running;
  }

  /** How many uploads wait for a place. */
  get waiting(): number {
    return this.#pool.waiting;
  }

  /**
   * Waits for those who fetch what was just downloaded, unless `graceMs` is 0. Then accepts no more,
   * lets running uploads finish for up to `graceMs` milliseconds, and returns how many had to be cut
   * off. After that no socket, file or timer is left.
   */
  async close(graceMs: number): Promise<number> {
    const { unfinishedFiles } = this.#source;
    if (graceMs > 0 && unfinishedFiles.isLingering) await unfinishedFiles.settle();
    unfinishedFiles.close();
    this.#isClosed = true;
    const ports = [this.#plainPort, ...this.#sealedPort ? [this.#sealedPort] : []];
    const ending = Promise.all([...ports.map((port) => port.stop()), this.#pool.close()]);
    await withTimeout(ending, graceMs);
    const cut = this.#pool.running;
    await Promise.all([ending, ...ports.map((port) => port.cutOff())]);
    this.#terminator?.[Symbol.dispose]();
    this.#smallReads[Symbol.dispose]();
    return cut;
  }

  async #servePlain(connection: Connection, asking: Disposable): Promise<void> {
    const name = await readName(connection, (name) => this.#published.has(name));
    asking[Symbol.dispose]();
    const isWelcome = this.#options.allowPlain || isLoopback(connection.peer.hostname);
    if (!isWelcome) return;
    const hasRoom = this.#pool.waiting < WAITING_UPLOADS && this.#plainPort.hasRoom;
    const isServed = hasRoom && this.#published.has(name);
    // It has asked: while its file is opened nobody may displace it.
    if (isServed) this.#plainPort.enter(connection, "serving");
    const file = isServed ? await this.#published.folder.open(name).catch(() => {}) : undefined;
    if (file) return await this.#send(connection, file);
    await connection.write(new TextEncoder().encode(FILE_NOT_FOUND));
  }

  async #send(connection: Connection, file: FileHandle): Promise<void> {
    await using upload = new PlainUpload(connection, file);
    const job = {
      user: connection.peer.hostname,
      run: () => upload.run(),
      onWait: (_position: number, isReminder: boolean) => {
        if (isReminder) upload.trickle().then((goesOn) => goesOn || this.#pool.leave(job));
      },
    };
    const hasRun = await this.#pool.add(job);
    if (!hasRun && this.#plainPort.isStopped) await upload.refuseUnlessBegun();
  }

  async #terminate(
    terminator: TlsTerminator,
    port: UploadPort,
    outer: Connection,
    asking: Disposable,
  ): Promise<void> {
    const { connection, ended } = await terminator.terminate(outer);
    try {
      await this.#serveSealed(port, outer, connection, asking);
    } finally {
      connection.close();
      await ended;
    }
  }

  /** @param inner What `outer` carries */
  async #serveSealed(
    port: UploadPort,
    outer: Connection,
    inner: Connection,
    asking: Disposable,
  ): Promise<void> {
    // Loaded for the first downloader: most clients that start never see one.
    const { acceptTransfer } = await import("../transfer/handshake.ts");
    const { SealedUpload } = await import("./sealed_upload.ts");
    const stream = await acceptTransfer(inner);
    await using upload = new SealedUpload(stream, this.#source);
    await upload.serve({
      onAdmitted: (downloader) => {
        asking[Symbol.dispose]();
        port.welcome(outer, downloader);
      },
      onRequest: (isServing) => port.enter(outer, isServing ? "serving" : "idle"),
    });
  }
}
