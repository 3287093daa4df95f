/**
 * The connections of an upload port: accepted as long as there is room, closed when they ask for
 * nothing, and ended together.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { AwakeTimer } from "../../async/awake.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { Connection } from "../../net/connection.ts";
import type { ConnectionListener } from "../../net/connection_listener.ts";
import type { TransferLimits } from "../../net/rate_limit.ts";
import { ASK_LEAST_MS, ASK_MS, STALL_MS } from "../../protocol/limits.ts";
import { Admission, type Stage } from "./admission.ts";

/**
 * How long an upload may take nothing when its downloader asks from another address, or this machine
 * has moved, in milliseconds: longer than a slow line with large buffers pauses.
 */
export const LOST_UPLOAD_MS = 3_000;

/** How the connections of an {@linkcode UploadPort} go; times are milliseconds. */
export interface UploadPortOptions {
  /** How long a peer may take nothing. @default {10_000} */
  readonly stallMs?: number | undefined;
  /** How long a peer may take to ask. @default {5_000} */
  readonly askMs?: number | undefined;
  /** What all of them share. @default none */
  readonly limits?: TransferLimits | undefined;
  /** Another number than before if this machine is somewhere else. @default the same for ever */
  readonly moves?: (() => number) | undefined;
}

/**
 * Serves a peer that has just connected. If it fails, the connection is closed and nothing else
 * happens.
 *
 * @param asking Closes the connection in a while, unless it is disposed of before
 */
export type Serve = (connection: Connection, asking: Disposable) => Promise<void>;

/** An upload port, open until it is stopped. */
export class UploadPort {
  readonly #listener: ConnectionListener;
  readonly #serve: Serve;
  readonly #options: UploadPortOptions;
  readonly #admission = new Admission<Connection>();
  readonly #cutting = new AbortController();
  readonly #ends = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #change = Promise.withResolvers<void>();
  #isStopped = false;

  constructor(listener: ConnectionListener, serve: Serve, options: UploadPortOptions) {
    this.#listener = listener;
    this.#serve = serve;
    this.#options = options;
    this.#accepting = this.#accept();
  }

  /** Whether it accepts no more. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Whether one more plain download may be served. */
  get hasRoom(): boolean {
    return this.#admission.hasRoom;
  }

  /** Takes in that `connection` has shown a ticket of `user`. It may displace another. */
  welcome(connection: Connection, user: string): void {
    connection.sharer = user;
    const tooMany = this.#admission.welcome(connection, user);
    if (tooMany) this.#dismiss(tooMany);
    this.#signal();
  }

  /** Takes in what `connection` is doing. */
  enter(connection: Connection, stage: Stage): void {
    this.#admission.change(connection, stage);
    connection.stallMs = this.#options.stallMs ?? STALL_MS;
    // A peer that is served or queued need not send anything.
    connection.mayBeSilent = stage === "serving";
    if (this.#isStopped && stage !== "serving") connection.close();
    if (stage === "serving") this.#suspectOutdated(connection);
    this.#signal();
  }

  /** Accepts no more, and closes the connections that are not served at this moment. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#listener.close();
    this.#signal();
    for (const connection of this.#admission.waiting) connection.close();
    await this.#accepting;
  }

  /** Closes all connections. Comes to an end when all are closed. */
  async cutOff(): Promise<void> {
    this.#cutting.abort();
    await Promise.all(this.#ends);
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
      if (!superfluous || this.#isStopped) return;
      const change = this.#change.promise;
      const waitMs = superfluous.since + ASK_LEAST_MS - performance.now();
      if (waitMs > 0) await withTimeout(change, waitMs);
      // What has come while this program was busy is read first.
      else if (await this.#isStill(superfluous.connection)) this.#dismiss(superfluous.connection);
    }
  }

  async #isStill(connection: Connection): Promise<boolean> {
    await delay(0);
    return this.#admission.stageOf(connection) === "asking";
  }

  /** Lost connections hold places that downloaders wait for over the next one. */
  #suspectOutdated(connection: Connection): void {
    for (const old of this.#admission.outdatedBy(connection)) old.suspect(LOST_UPLOAD_MS);
  }

  #dismiss(connection: Connection): void {
    this.#admission.leave(connection);
    connection.close();
  }

  /** Never rejects: a failing connection does not affect others. */
  async #hear(socket: Deno.TcpConn): Promise<void> {
    const { askMs = ASK_MS, limits, moves } = this.#options;
    const { signal } = this.#cutting;
    using connection = new Connection(socket, { stallMs: askMs, signal, limits });
    this.#admission.enter(connection, connection.peer.hostname, performance.now(), moves?.());
    if (this.#isStopped) connection.close();
    // A peer that sends byte by byte is closed as well.
    using asking = new AwakeTimer(askMs, () => connection.close());
    await this.#serve(connection, asking).catch(() => {});
    this.#admission.leave(connection);
    this.#signal();
  }

  #signal(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
