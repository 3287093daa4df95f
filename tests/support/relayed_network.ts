/**
 * Clients as processes that reach each other only through relays: their index tells everybody the
 * port of a relay in place of the peer's, as a router does.
 *
 * @module
 */

import { Clients } from "./clients.ts";
import { FROM_SOURCE } from "./program.ts";
import { TcpRelay } from "./tcp_relay.ts";
import { TempFolder } from "./temp_folder.ts";
import { TestIndex } from "./test_index.ts";
import { credentialsOf } from "./users.ts";

/** How a {@linkcode RelayedNetwork} is set up. */
export interface RelayedNetworkOptions {
  readonly users?: readonly string[];
  /** Who has a relay in front. @default all */
  readonly relayed?: readonly string[];
  /** How much each user can send in all. @default {Infinity} */
  readonly bytesPerSecond?: number;
}

/** A moment at which a relay stops, until it is told to go on. */
interface Mark {
  readonly bytes: number;
  readonly reached: PromiseWithResolvers<void>;
  readonly released: Promise<void>;
}

/** An index in this process, and clients with a relay in front of each. */
export class RelayedNetwork extends Clients {
  readonly #relays = new Map<string, { readonly relay: TcpRelay; readonly target: number }>();
  readonly #sent = new Map<string, number>();
  readonly #bytesPerSecond: number | undefined;
  readonly index: TestIndex;
  #mark: Mark | undefined;

  private constructor(home: TempFolder, { users, relayed, bytesPerSecond }: RelayedNetworkOptions) {
    const isRelayed = (user: string) => relayed?.includes(user) ?? true;
    const index = new TestIndex({
      portToTell: (user, port) => isRelayed(user) ? this.#relayTo(user, port) : port,
      ...users === undefined ? {} : { credentials: credentialsOf(users) },
    });
    super(home, index.address.port, FROM_SOURCE);
    this.index = index;
    this.#bytesPerSecond = bytesPerSecond;
    this.stack.defer(async () => {
      await Promise.all(this.#relays.values().map(({ relay }) => relay[Symbol.asyncDispose]()));
    });
    this.stack.use(index);
  }

  /** Starts an index. */
  static async start(options: RelayedNetworkOptions = {}): Promise<RelayedNetwork> {
    return new RelayedNetwork(await TempFolder.make(), options);
  }

  /** How many bytes `user` has sent to downloaders, or all have. */
  sentBy(user?: string): number {
    if (user !== undefined) return this.#sent.get(user) ?? 0;
    return this.#sent.values().reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Cuts every connection to `user`. */
  cut(user: string): void {
    this.#relays.get(user)?.relay.cut();
  }

  /** Does `act` when `bytes` more have been sent; nothing passes until it has been done. */
  async at(bytes: number, act: () => unknown): Promise<void> {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#mark = { bytes: this.sentBy() + bytes, reached, released: released.promise };
    await reached.promise;
    try {
      await act();
    } finally {
      this.#mark = undefined;
      released.resolve();
    }
  }

  #relayTo(user: string, target: number): number {
    const known = this.#relays.get(user);
    if (known?.target === target) return known.relay.address.port;
    if (known) this.stack.use(known.relay);
    const relay = new TcpRelay(target, {
      bytesPerSecond: this.#bytesPerSecond,
      onSent: (bytes) => this.#count(user, bytes),
    });
    this.#relays.set(user, { relay, target });
    return relay.address.port;
  }

  async #count(user: string, bytes: number): Promise<void> {
    this.#sent.set(user, this.sentBy(user) + bytes);
    if (!this.#mark || this.sentBy() < this.#mark.bytes) return;
    this.#mark.reached.resolve();
    await this.#mark.released;
  }
}
