/**
 * A network between clients and an index: it may lose, double, delay and record what passes.
 *
 * @module
 */

import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { type Address, formatAddress } from "../../lib/protocol/address.ts";
import { seededRandom } from "./seeded.ts";
import { ANY_PORT } from "./host.ts";

/** What a network does to datagrams, in both directions. */
export interface LinkConditions {
  readonly seed: number;
  /** How likely a datagram is lost, 0 to 1. */
  readonly loss: number;
  /** How likely it is duplicated. */
  readonly duplication: number;
  /** How long it may take, in milliseconds: later ones overtake it. */
  readonly delayMs: number;
}

/** A datagram that came by. */
export interface Recorded {
  readonly client: Address;
  readonly direction: "to index" | "to client";
  readonly bytes: Uint8Array;
}

/** How a {@linkcode UdpProxy} is set up. */
export interface UdpProxyOptions {
  /** Whether answers come from another port than was asked. @default {false} */
  readonly answersFromElsewhere?: boolean;
}

const PERFECT: LinkConditions = { seed: 1, loss: 0, duplication: 0, delayMs: 0 };

/** Passes datagrams on between any number of clients and one index. */
export class UdpProxy implements AsyncDisposable {
  /** Everything that came by, before any is lost. */
  readonly recorded: Recorded[] = [];
  conditions: LinkConditions;
  /** Hears of each datagram before it is passed on. */
  onDatagram: (datagram: Recorded) => void = () => {};
  readonly #front = DatagramSocket.bind(ANY_PORT);
  /** What answers come from, if not from where they were asked for. */
  readonly #elsewhere: DatagramSocket | undefined;
  readonly #index: Address;
  readonly #backs = new Map<string, DatagramSocket>();
  readonly #receiving: Promise<void>[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #random: () => number;

  constructor(index: Address, conditions: LinkConditions = PERFECT, options: UdpProxyOptions = {}) {
    this.#index = index;
    this.conditions = conditions;
    if (options.answersFromElsewhere) this.#elsewhere = DatagramSocket.bind(ANY_PORT);
    this.#random = seededRandom(conditions.seed);
    this.#receiving.push(this.#front.receive((bytes, client) => {
      this.#pass({ client, direction: "to index", bytes: bytes.slice() });
    }));
  }

  /** Where clients find the index. */
  get address(): Address {
    return this.#front.address;
  }

  /** Sends `bytes` as if they had just come by, whatever the conditions. */
  async inject({ client, direction, bytes }: Recorded): Promise<void> {
    if (direction === "to client") await (this.#elsewhere ?? this.#front).send(bytes, client);
    else await this.#backFor(client).send(bytes, this.#index);
  }

  /** Forgets which client is which, as a router does: the index sees them somewhere else from now on. */
  forgetClients(): void {
    for (const back of this.#backs.values()) back.close();
    this.#backs.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.forgetClients();
    this.#front.close();
    this.#elsewhere?.close();
    await Promise.all(this.#receiving);
  }

  /** One socket a client, so that the index sees one address a client. */
  #backFor(client: Address): DatagramSocket {
    const name = formatAddress(client);
    const existing = this.#backs.get(name);
    if (existing) return existing;
    const back = DatagramSocket.bind(ANY_PORT);
    this.#backs.set(name, back);
    this.#receiving.push(back.receive((bytes) => {
      this.#pass({ client, direction: "to client", bytes: bytes.slice() });
    }));
    return back;
  }

  #pass(datagram: Recorded): void {
    this.recorded.push(datagram);
    this.onDatagram(datagram);
    const { loss, duplication } = this.conditions;
    const copies = this.#random() < duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.#random() >= loss) this.#deliver(datagram);
    }
  }

  #deliver(datagram: Recorded): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.inject(datagram).catch(() => {});
    }, this.#random() * this.conditions.delayMs);
    this.#timers.add(timer);
  }
}
