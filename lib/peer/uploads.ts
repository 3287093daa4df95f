/**
 * Serving published files to other peers: who may ask, and for what.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import { ByteReader } from "../net/byte_reader.ts";
import { Connection, type ConnectionListener } from "../net/connection.ts";
import { within } from "../net/within.ts";
import { isLoopback } from "../protocol/address.ts";
import {
  ASK_MS,
  ASKING_CONNECTIONS,
  STALL_MS,
  UPLOAD_CONNECTIONS,
  WAITING_UPLOADS,
} from "../protocol/limits.ts";
import { FILE_NOT_FOUND } from "../protocol/plain_transfer.ts";
import type { OpenedTicket } from "../protocol/ticket.ts";
import {
  decodeOpening,
  deriveTransferKeys,
  encodeAnswer,
  LINE_BYTES,
} from "../protocol/transfer.ts";
import { readFirstWords } from "./first_words.ts";
import { randomNonce } from "./nonce.ts";
import { PlainUpload } from "./plain_upload.ts";
import { RecordStream } from "./record_stream.ts";
import { SealedUpload, type UploadSource } from "./sealed_upload.ts";
import type { Shelf } from "./shelf.ts";
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
  /** Hears of a published file that is not what it was. */
  readonly onChanged?: ((name: string) => void) | undefined;
  /** How often a waiting upload is told its place, in milliseconds. @default {4_000} */
  readonly trickleMs?: number | undefined;
  /** How long a peer may take nothing, in milliseconds. @default {10_000} */
  readonly stallMs?: number | undefined;
  /** How long a peer may take to ask, in milliseconds. @default {5_000} */
  readonly askMs?: number | undefined;
}

/** What a connection is doing: asking, until it has proved what it may have. */
type Stage = "asking" | "idle" | "serving";

/** Serves the files on a shelf: sealed ones to those with a ticket, plain ones by name. */
export class Uploads {
  readonly #listener: ConnectionListener;
  readonly #shelf: Shelf;
  readonly #options: UploadsOptions;
  readonly #pool: UploadPool;
  readonly #source: UploadSource;
  readonly #cutting = new AbortController();
  readonly #stages = new Map<Connection, Stage>();
  readonly #ends = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #change = Promise.withResolvers<void>();
  #closed = false;

  constructor(listener: ConnectionListener, shelf: Shelf, options: UploadsOptions = {}) {
    this.#listener = listener;
    this.#shelf = shelf;
    this.#options = options;
    this.#pool = new UploadPool(options.trickleMs);
    const { openTicket = () => undefined, onChanged = () => {} } = options;
    this.#source = { shelf, pool: this.#pool, openTicket, onChanged };
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
    for (const [connection, stage] of this.#stages) if (stage !== "serving") connection.close();
    const ending = Promise.all([this.#accepting, this.#pool.close()]);
    await within(ending, graceMs);
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
      // Who comes now waits in the system's queue: a closed connection would pass for an empty file.
      while (!this.#closed && this.#isFull()) await this.#change.promise;
    }
  }

  #isFull(): boolean {
    const asking = this.#stages.values().filter((stage) => stage === "asking").toArray().length;
    return asking >= ASKING_CONNECTIONS || this.#stages.size >= UPLOAD_CONNECTIONS;
  }

  /** Never rejects: a connection in trouble hurts nobody else. */
  async #hear(socket: Deno.TcpConn): Promise<void> {
    const { askMs = ASK_MS } = this.#options;
    using connection = new Connection(socket, { stallMs: askMs, signal: this.#cutting.signal });
    this.#enter(connection, "asking");
    const patience = setTimeout(() => this.#closeIfAsking(connection), askMs);
    await this.#answer(connection).catch(() => {});
    clearTimeout(patience);
    this.#stages.delete(connection);
    this.#signal();
  }

  #enter(connection: Connection, stage: Stage): void {
    this.#stages.set(connection, stage);
    if (stage !== "asking") connection.stallMs = this.#options.stallMs ?? STALL_MS;
    if (this.#closed && stage !== "serving") connection.close();
    this.#signal();
  }

  /** Words that come one by one prove nothing either. */
  #closeIfAsking(connection: Connection): void {
    if (this.#stages.get(connection) === "asking") connection.close();
  }

  #signal(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  async #answer(connection: Connection): Promise<void> {
    const words = await readFirstWords(connection, (name) => this.#shelf.has(name));
    if ("sealed" in words) return await this.#answerSealed(connection, words.sealed);
    const isWelcome = this.#options.allowPlain || isLoopback(connection.peer.hostname);
    if (!isWelcome) return;
    const isServed = this.#shelf.has(words.name) && this.#pool.waiting < WAITING_UPLOADS;
    const file = isServed ? await this.#shelf.open(words.name).catch(() => {}) : undefined;
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

  async #answerSealed(connection: Connection, first: Uint8Array): Promise<void> {
    const reader = new ByteReader(connection, first);
    const { ticket, nonce } = decodeOpening(await reader.line(LINE_BYTES));
    const opened = this.#source.openTicket(ticket);
    if (!opened) return await connection.write(encodeAnswer({ refusal: 403 }));
    const ours = randomNonce();
    await connection.write(encodeAnswer({ nonce: ours }));
    const { toSource, toDownloader } = deriveTransferKeys(opened.key, nonce, ours);
    const keys = { send: toDownloader, receive: toSource };
    await using upload = new SealedUpload(
      new RecordStream(connection, reader, keys),
      opened,
      this.#source,
    );
    await upload.serve((isServing) => this.#enter(connection, isServing ? "serving" : "idle"));
  }
}
