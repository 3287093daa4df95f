/**
 * An HTTP server that slow and greedy clients cannot keep from others.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import { Connection } from "../../net/connection.ts";
import type { ConnectionListener } from "../../net/connection_listener.ts";
import type { Socket } from "../../net/socket.ts";
import { Connections, HTTP_CONNECTIONS } from "./connections.ts";
import { type Answer, exchange, REQUEST_MS } from "./exchange.ts";

/** How long a client may take nothing of an answer, in milliseconds. */
const STALL_MS = 5_000;

/** What a {@linkcode WebServer} allows. */
export interface WebServerLimits {
  /** Most connections. @default {@linkcode HTTP_CONNECTIONS} */
  readonly connections?: number;
  /** How long a request may take to come, in milliseconds. @default {@linkcode REQUEST_MS} */
  readonly requestMs?: number;
}

/** Answers requests until it is disposed of. */
export class WebServer implements AsyncDisposable {
  #listener: ConnectionListener<Socket>;
  readonly #answer: Answer;
  readonly #requestMs: number;
  readonly #connections: Connections<Connection>;
  readonly #ends = new Set<Promise<void>>();
  #accepting: Promise<void>;
  #isClosed = false;

  /** @param listener Is closed with it */
  constructor(
    listener: ConnectionListener<Socket>,
    answer: Answer,
    { connections = HTTP_CONNECTIONS, requestMs = REQUEST_MS }: WebServerLimits = {},
  ) {
    this.#listener = listener;
    this.#answer = answer;
    this.#requestMs = requestMs;
    this.#connections = new Connections(connections);
    this.#accepting = this.#accept();
  }

  /** Where it listens. */
  get address(): Address {
    return this.#listener.address;
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** Goes on with another listener, made once the one that there is has closed. */
  async listenAnew(make: () => ConnectionListener<Socket>): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    this.#listener = make();
    this.#accepting = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const connection of this.#connections.all) connection.close();
    await this.#accepting;
    await Promise.all(this.#ends);
  }

  async #accept(): Promise<void> {
    const listener = this.#listener;
    for await (const socket of listener.accept()) {
      // A failing connection does not affect others.
      const end = this.#hear(socket).catch(() => {}).finally(() => this.#ends.delete(end));
      this.#ends.add(end);
    }
  }

  async #hear(socket: Socket): Promise<void> {
    using connection = new Connection(socket, { stallMs: Math.max(STALL_MS, this.#requestMs) });
    this.#connections.enter(connection, connection.peer.hostname)?.close();
    if (this.#isClosed) connection.close();
    const onWaiting = (isWaiting: boolean) => {
      this.#connections.change(connection, isWaiting);
      connection.stallMs = STALL_MS;
    };
    try {
      await exchange(connection, this.#answer, onWaiting, this.#requestMs);
    } finally {
      this.#connections.leave(connection);
    }
  }
}
