/**
 * A relay in front of a peer's upload port: it counts, records, slows down, holds and cuts what passes.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Address } from "../../lib/protocol/address.ts";
import { TEST_HOST } from "./host.ts";

/** How a {@linkcode TcpRelay} is set up. */
export interface TcpRelayOptions {
  /** How much it lets through in all, whatever the number of connections. @default {Infinity} */
  readonly bytesPerSecond?: number | undefined;
  /** Hears what downloaders send. */
  readonly onAsked?: ((bytes: Uint8Array) => void) | undefined;
  /** Hears what the peer sends. */
  readonly onAnswered?: ((bytes: Uint8Array) => void) | undefined;
  /** Hears how many more bytes the peer has sent; they go on when that is settled. */
  readonly onSent?: ((bytes: number) => Promise<void> | void) | undefined;
}

/** Passes every connection on to one port of this machine. */
export class TcpRelay implements AsyncDisposable {
  readonly #target: number;
  readonly #options: TcpRelayOptions;
  readonly #listener = Deno.listen({ hostname: TEST_HOST, port: 0 });
  readonly #sockets = new Set<Deno.TcpConn>();
  readonly #ends = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #accepting: Promise<void>;
  #freeAt = 0;

  constructor(target: number, options: TcpRelayOptions = {}) {
    this.#target = target;
    this.#options = options;
    this.#accepting = this.#accept();
  }

  /** Where it listens. */
  get address(): Address {
    return this.#listener.addr;
  }

  /** Cuts every connection, as a router that starts again does. */
  cut(): void {
    for (const socket of this.#sockets) closeQuietly(socket);
    this.#sockets.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#listener.close();
    this.cut();
    await this.#accepting;
    await Promise.all(this.#ends);
  }

  async #accept(): Promise<void> {
    try {
      for await (const socket of this.#listener) {
        const end = this.#pass(socket).catch(() => {}).finally(() => this.#ends.delete(end));
        this.#ends.add(end);
      }
    } catch {
      // It was closed.
    }
  }

  async #pass(downloader: Deno.TcpConn): Promise<void> {
    const peer = await Deno.connect({ hostname: TEST_HOST, port: this.#target }).catch(() => {});
    if (!peer) return closeQuietly(downloader);
    const both = [downloader, peer];
    for (const socket of both) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
    }
    if (this.#closing.signal.aborted) this.cut();
    await Promise.all([this.#ask(downloader, peer), this.#send(peer, downloader)]);
    for (const socket of both) {
      closeQuietly(socket);
      this.#sockets.delete(socket);
    }
  }

  /** Passes requests on. A downloader that is gone does not stop the peer in the middle. */
  async #ask(downloader: Deno.TcpConn, peer: Deno.TcpConn): Promise<void> {
    for await (const bytes of chunksOf(downloader)) {
      this.#options.onAsked?.(bytes);
      if (!await writeAll(peer, bytes)) break;
    }
    await peer.closeWrite().catch(() => {});
  }

  /** Passes answers on, and counts those too that nobody takes any more. */
  async #send(peer: Deno.TcpConn, downloader: Deno.TcpConn): Promise<void> {
    let isTaken = true;
    for await (const bytes of chunksOf(peer)) {
      this.#options.onAnswered?.(bytes);
      await this.#options.onSent?.(bytes.length);
      if (isTaken) await this.#wait(bytes.length);
      isTaken &&= await writeAll(downloader, bytes);
    }
    await downloader.closeWrite().catch(() => {});
  }

  /** Takes as long as `bytes` take on this line. */
  async #wait(bytes: number): Promise<void> {
    const { bytesPerSecond = Infinity } = this.#options;
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + bytes / bytesPerSecond * 1_000;
    if (this.#freeAt <= now) return;
    await delay(this.#freeAt - now, { signal: this.#closing.signal }).catch(() => {});
  }
}

/** What comes, until the end or a cut. */
async function* chunksOf(socket: Deno.TcpConn): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const read = await socket.read(buffer).catch(() => null);
    if (read === null) return;
    yield buffer.subarray(0, read);
  }
}

async function writeAll(socket: Deno.TcpConn, bytes: Uint8Array): Promise<boolean> {
  try {
    for (let done = 0; done < bytes.length;) done += await socket.write(bytes.subarray(done));
    return true;
  } catch {
    return false;
  }
}

function closeQuietly(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}
