/**
 * Serving published files to other peers: who may ask, and for what.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import { AwakeTimer } from "../../async/awake.ts";
import { Connection, type ConnectionListener } from "../../net/connection.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { isLoopback } from "../../protocol/address.ts";
import {
  ASK_LEAST_MS,
  ASK_MS,
  HASH_AGAIN_MS,
  STALL_MS,
  WAITING_UPLOADS,
} from "../../protocol/limits.ts";
import { FILE_NOT_FOUND } from "../../protocol/plain_transfer.ts";
import type { OpenedTicket } from "../../protocol/ticket.ts";
import { Admission, type Stage } from "./admission.ts";
import { sniffProtocol } from "./protocol_sniffer.ts";
import { acceptTransfer } from "../transfer/handshake.ts";
import { PlainUpload } from "./plain_upload.ts";
import { SealedUpload, type UploadSource } from "./sealed_upload.ts";
import type { SharedFiles } from "../share/shared_files.ts";
import { UploadPool } from "./upload_pool.ts";

/** How {@linkcode Uploads} are served. */
export interface UploadsOptions {
  /**
   * Whether hosts other than this one are served in clear, over a network that can read every file.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
  /** Opens a ticket of the index, if it is still good. @default opens none */
  readonly openTicket?: ((ticket: string) => OpenedTicket | undefined) | undefined;
  /** Hears of a published file that is not what it was: it has to be hashed again. */
  readonly onChanged?: ((name: string) => void) | undefined;
  /** Whether files are being hashed again at this moment. @default never */
  readonly isChanging?: (() => boolean) | undefined;
  /** How often a queued client is told its position, in milliseconds. @default {4_000} */
  readonly trickleMs?: number | undefined;
  /** How long a peer may take nothing, in milliseconds. @default {10_000} */
  readonly stallMs?: number | undefined;
  /** How long a peer may take to ask, in milliseconds. @default {5_000} */
  readonly askMs?: number | undefined;
}

/** Serves the shared files: sealed ones to those with a ticket, plain ones by name. */
export class Uploads {
  readonly #listener: ConnectionListener;
  readonly #sharedFiles: SharedFiles;
  readonly #options: UploadsOptions;
  readonly #pool: UploadPool;
  readonly #source: UploadSource;
  readonly #cutting = new AbortController();
  readonly #admission = new Admission<Connection>();
  /** When contents were hashed again because of what a downloader said. */
  readonly #hashedAgain = new Map<string, number>();
  readonly #ends = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #change = Promise.withResolvers<void>();
  #closed = false;

  constructor(
    listener: ConnectionListener,
    sharedFiles: SharedFiles,
    options: UploadsOptions = {},
  ) {
    this.#listener = listener;
    this.#sharedFiles = sharedFiles;
    this.#options = options;
    this.#pool = new UploadPool(options.trickleMs);
    const { openTicket = () => undefined, onChanged = () => {}, isChanging = () => false } =
      options;
    const mayHashAgain = (id: string) => this.#mayHashAgain(id, performance.now());
    const common = { sharedFiles, pool: this.#pool };
    this.#source = { ...common, openTicket, onChanged, isChanging, mayHashAgain };
    this.#accepting = this.#accept();
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
    this.#closed = true;
    this.#listener.close();
    this.#signal();
    for (const connection of this.#admission.waiting) connection.close();
    const ending = Promise.all([this.#accepting, this.#pool.close()]);
    await withTimeout(ending, graceMs);
    const cut = this.#pool.running;
    this.#cutting.abort();
    await Promise.all([ending, ...this.#ends]);
    return cut;
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener.accept()) {
      const end = this.#hear(socket);
      this.#ends.add(end);
      end.finally(() => this.#ends.delete(end));
      await this.#makeRoom();
    }
  }

  /** Resolves when another connection may be accepted; until then it waits in the listen queue. */
  async #makeRoom(): Promise<void> {
    for (;;) {
      const superfluous = this.#admission.superfluous;
      if (!superfluous || this.#closed) return;
      const change = this.#change.promise;
      const waitMs = superfluous.since + ASK_LEAST_MS - performance.now();
      if (waitMs > 0) await withTimeout(change, waitMs);
      else this.#dismiss(superfluous.connection);
    }
  }

  #dismiss(connection: Connection): void {
    this.#admission.leave(connection);
    connection.close();
  }

  /** Never rejects: a failing connection does not affect others. */
  async #hear(socket: Deno.TcpConn): Promise<void> {
    const { askMs = ASK_MS } = this.#options;
    using connection = new Connection(socket, { stallMs: askMs, signal: this.#cutting.signal });
    this.#admission.enter(connection, connection.peer.hostname, performance.now());
    if (this.#closed) connection.close();
    // A peer that sends byte by byte is closed as well.
    using patience = new AwakeTimer(askMs, () => connection.close());
    await this.#answer(connection, patience).catch(() => {});
    this.#admission.leave(connection);
    this.#signal();
  }

  #enter(connection: Connection, stage: Stage): void {
    this.#admission.change(connection, stage);
    connection.stallMs = this.#options.stallMs ?? STALL_MS;
    // A peer that is served or queued need not send anything.
    connection.mayBeSilent = stage === "serving";
    if (this.#closed && stage !== "serving") connection.close();
    this.#signal();
  }

  #signal(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  async #answer(connection: Connection, patience: Disposable): Promise<void> {
    const words = await sniffProtocol(connection, (name) => this.#sharedFiles.has(name));
    if ("sealed" in words) return await this.#answerSealed(connection, patience, words.sealed);
    patience[Symbol.dispose]();
    const isWelcome = this.#options.allowPlain || isLoopback(connection.peer.hostname);
    if (!isWelcome) return;
    const hasRoom = this.#pool.waiting < WAITING_UPLOADS && this.#admission.hasRoom;
    const isServed = hasRoom && this.#sharedFiles.has(words.name);
    const file = isServed ? await this.#sharedFiles.open(words.name).catch(() => {}) : undefined;
    if (file) return await this.#servePlain(connection, file);
    await connection.write(new TextEncoder().encode(FILE_NOT_FOUND));
  }

  async #servePlain(connection: Connection, file: FileHandle): Promise<void> {
    this.#enter(connection, "serving");
    await using upload = new PlainUpload(connection, file);
    const job = {
      user: connection.peer.hostname,
      run: () => upload.run(),
      onWait: (_position: number, isReminder: boolean) => {
        if (isReminder) upload.trickle().then((goesOn) => goesOn || this.#pool.leave(job));
      },
    };
    const hasRun = await this.#pool.add(job);
    if (!hasRun && this.#closed) await upload.refuseUnlessBegun();
  }

  async #answerSealed(
    connection: Connection,
    patience: Disposable,
    first: Uint8Array,
  ): Promise<void> {
    const accepted = await acceptTransfer(connection, first, (it) => this.#admit(connection, it));
    if (!accepted) return;
    await using upload = new SealedUpload(accepted.stream, accepted.ticket, this.#source);
    await upload.serve((isServing) => {
      // The first request proves that the ticket was not found on the way.
      patience[Symbol.dispose]();
      this.#enter(connection, isServing ? "serving" : "idle");
    });
  }

  #admit(connection: Connection, ticket: string): OpenedTicket | undefined {
    const opened = this.#source.openTicket(ticket);
    if (!opened) return undefined;
    const tooMany = this.#admission.welcome(connection, opened.downloader);
    if (tooMany) this.#dismiss(tooMany);
    this.#signal();
    return opened;
  }

  #mayHashAgain(id: string, now: number): boolean {
    for (const [known, at] of this.#hashedAgain) {
      if (now - at >= HASH_AGAIN_MS) this.#hashedAgain.delete(known);
    }
    if (this.#hashedAgain.has(id)) return false;
    this.#hashedAgain.set(id, now);
    return true;
  }
}
