/**
 * Serving published files to other peers: to whom, and which.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import type { Connection, ConnectionListener } from "../../net/connection.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { isLoopback } from "../../protocol/address.ts";
import { WAITING_UPLOADS } from "../../protocol/limits.ts";
import { FILE_NOT_FOUND } from "../../protocol/plain_transfer.ts";
import type { ShownTicket } from "../../protocol/ticket.ts";
import { sniffProtocol } from "../transfer/protocol_sniffer.ts";
import { acceptTransfer } from "../transfer/handshake.ts";
import { PlainUpload } from "./plain_upload.ts";
import { RehashLimit } from "./rehash_limit.ts";
import { SealedUpload, type UploadSource } from "./sealed_upload.ts";
import { smallReads } from "../share/small_reads.ts";
import type { SharedFiles } from "../share/shared_files.ts";
import { UploadPool } from "./upload_pool.ts";
import { type Serve, UploadPort, type UploadPortOptions } from "./upload_port.ts";

/** How {@linkcode Uploads} are served. */
export interface UploadsOptions extends UploadPortOptions {
  /**
   * Whether hosts other than this one are served in clear, over a network that can read every file.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
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

/** Serves the shared files: sealed ones to those with a ticket, plain ones by name. */
export class Uploads {
  readonly #sharedFiles: SharedFiles;
  readonly #options: UploadsOptions;
  readonly #pool: UploadPool;
  readonly #source: UploadSource;
  readonly #smallReads = smallReads();
  readonly #rehashLimit = new RehashLimit();
  readonly #port: UploadPort;

  constructor(
    listener: ConnectionListener,
    sharedFiles: SharedFiles,
    options: UploadsOptions = {},
  ) {
    this.#sharedFiles = sharedFiles;
    this.#options = options;
    this.#pool = new UploadPool(options.trickleMs);
    const { openTicket = () => undefined, onChanged = () => {}, isChanging = () => false } =
      options;
    const { now = () => performance.now() } = options;
    const mayHashAgain = (id: string) => this.#rehashLimit.take(id, performance.now());
    const common = { sharedFiles, pool: this.#pool, smallReads: this.#smallReads };
    this.#source = { ...common, openTicket, now, onChanged, isChanging, mayHashAgain };
    const serve: Serve = (connection, asking) => this.#serve(connection, asking);
    this.#port = new UploadPort(listener, serve, options);
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
   * Accepts no more, lets running uploads finish for up to `graceMs` milliseconds, and returns how
   * many had to be cut off. After that no socket, file or timer is left.
   */
  async close(graceMs: number): Promise<number> {
    const ending = Promise.all([this.#port.stop(), this.#pool.close()]);
    await withTimeout(ending, graceMs);
    const cut = this.#pool.running;
    await Promise.all([ending, this.#port.cutOff()]);
    this.#smallReads[Symbol.dispose]();
    return cut;
  }

  async #serve(connection: Connection, asking: Disposable): Promise<void> {
    const words = await sniffProtocol(connection, (name) => this.#sharedFiles.has(name));
    if ("sealed" in words) return await this.#serveSealed(connection, asking, words.sealed);
    asking[Symbol.dispose]();
    const isWelcome = this.#options.allowPlain || isLoopback(connection.peer.hostname);
    if (!isWelcome) return;
    const hasRoom = this.#pool.waiting < WAITING_UPLOADS && this.#port.hasRoom;
    const isServed = hasRoom && this.#sharedFiles.has(words.name);
    // It has asked: while its file is opened nobody may displace it.
    if (isServed) this.#port.enter(connection, "serving");
    const file = isServed ? await this.#sharedFiles.open(words.name).catch(() => {}) : undefined;
    if (file) return await this.#servePlain(connection, file);
    await connection.write(new TextEncoder().encode(FILE_NOT_FOUND));
  }

  async #servePlain(connection: Connection, file: FileHandle): Promise<void> {
    await using upload = new PlainUpload(connection, file);
    const job = {
      user: connection.peer.hostname,
      run: () => upload.run(),
      onWait: (_position: number, isReminder: boolean) => {
        if (isReminder) upload.trickle().then((goesOn) => goesOn || this.#pool.leave(job));
      },
    };
    const hasRun = await this.#pool.add(job);
    if (!hasRun && this.#port.isStopped) await upload.refuseUnlessBegun();
  }

  async #serveSealed(
    connection: Connection,
    asking: Disposable,
    first: Uint8Array,
  ): Promise<void> {
    const accepted = await acceptTransfer(connection, first, (it) => this.#admit(connection, it));
    if (!accepted) return;
    await using upload = new SealedUpload(accepted.stream, accepted.ticket, this.#source);
    await upload.serve((isServing) => {
      // The first request proves that the ticket was not found on the way.
      asking[Symbol.dispose]();
      this.#port.enter(connection, isServing ? "serving" : "idle");
    });
  }

  #admit(connection: Connection, ticket: string): ShownTicket | undefined {
    const opened = this.#source.openTicket(ticket);
    if (opened) this.#port.welcome(connection, opened.downloader);
    return opened;
  }
}
