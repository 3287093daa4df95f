/**
 * Serving published files to other peers: who may ask, and for what.
 *
 * @module
 */

import { Connection, type ConnectionListener } from "../net/connection.ts";
import { within } from "../net/within.ts";
import { isLoopback } from "../protocol/address.ts";
import {
  ASK_MS,
  ASKING_CONNECTIONS,
  NAME_SEGMENT_BYTES,
  STALL_MS,
  WAITING_UPLOADS,
} from "../protocol/limits.ts";
import { FILE_NOT_FOUND } from "../protocol/plain_transfer.ts";
import type { Shelf } from "./shelf.ts";
import { Upload } from "./upload.ts";
import { UploadPool } from "./upload_pool.ts";

/** How long the rest of a name may take that came in part, in milliseconds. */
const REST_OF_NAME_MS = 200;

/** How {@linkcode Uploads} are served. */
export interface UploadsOptions {
  /**
   * Whether hosts other than this one are served, over a network that can read every file.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
  /** How often a waiting upload sends a byte, in milliseconds. @default {4_000} */
  readonly trickleMs?: number | undefined;
  /** How long a peer may take nothing, in milliseconds. @default {10_000} */
  readonly stallMs?: number | undefined;
  /** How long a peer may take to ask, in milliseconds. @default {5_000} */
  readonly askMs?: number | undefined;
}

/** Serves the files on a shelf to whoever asks for one by its name. */
export class Uploads {
  readonly #listener: ConnectionListener;
  readonly #shelf: Shelf;
  readonly #options: UploadsOptions;
  readonly #pool: UploadPool;
  readonly #cutting = new AbortController();
  readonly #asking = new Map<Connection, Promise<void>>();
  readonly #accepting: Promise<void>;

  constructor(listener: ConnectionListener, shelf: Shelf, options: UploadsOptions = {}) {
    this.#listener = listener;
    this.#shelf = shelf;
    this.#options = options;
    this.#pool = new UploadPool(options.trickleMs);
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
    this.#listener.close();
    for (const connection of this.#asking.keys()) connection.close();
    await Promise.all([this.#accepting, ...this.#asking.values()]);
    const ending = this.#pool.close();
    await within(ending, graceMs);
    const cut = this.#pool.running;
    this.#cutting.abort();
    await ending;
    return cut;
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener.accept()) {
      const isWelcome = this.#options.allowPlain || isLoopback(socket.remoteAddr.hostname);
      if (isWelcome) this.#hear(socket);
      else socket.close();
      // Who comes now waits in the system's queue: a closed connection would pass for an empty file.
      while (this.#asking.size >= ASKING_CONNECTIONS) await Promise.race(this.#asking.values());
    }
  }

  #hear(socket: Deno.TcpConn): void {
    const { askMs = ASK_MS } = this.#options;
    const connection = new Connection(socket, { stallMs: askMs, signal: this.#cutting.signal });
    const hearing = this.#answer(connection)
      .catch(() => connection.close()) // A connection that breaks while asking hurts nobody else.
      .finally(() => this.#asking.delete(connection));
    this.#asking.set(connection, hearing);
  }

  async #answer(connection: Connection): Promise<void> {
    const name = await readName(connection, (name) => this.#shelf.has(name));
    const isServed = this.#shelf.has(name) && this.#pool.waiting < WAITING_UPLOADS;
    const file = isServed ? await this.#shelf.open(name).catch(() => {}) : undefined;
    connection.stallMs = this.#options.stallMs ?? STALL_MS;
    if (file) return this.#pool.add(new Upload(connection, file));
    await connection.write(new TextEncoder().encode(FILE_NOT_FOUND));
    connection.close();
  }
}

/**
 * The name that a peer asks for. Nothing marks its end, so it ends when it is one that is known,
 * when the peer says no more, or when nothing follows for a moment.
 */
async function readName(
  connection: Connection,
  isKnown: (name: string) => boolean,
): Promise<string> {
  const buffer = new Uint8Array(NAME_SEGMENT_BYTES + 2);
  let length = 0;
  let name = "";
  let read: number | null | undefined = await connection.read(buffer);
  while (read) {
    length += read;
    name = new TextDecoder().decode(buffer.subarray(0, length)).replace(/\r?\n$/, "");
    if (isKnown(name) || length === buffer.length) break;
    const more = connection.read(buffer.subarray(length));
    read = await within(more, REST_OF_NAME_MS);
  }
  return name;
}
