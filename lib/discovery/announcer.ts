/**
 * Announcing an index on the networks of its machine.
 *
 * @module
 */

import { type Address, isAnyAddress } from "../protocol/address.ts";
import type { Announcement } from "../protocol/announcement.ts";
import { Multicast, type MulticastNetwork } from "./multicast.ts";
import { goodbyeOf, isAsked, recordsOf } from "./records.ts";

/** When it is said again that was not asked for, in milliseconds: RFC 6762 section 8.3. */
const AGAIN_MS = 1_000;

/** Answers whoever looks for an index, until it is disposed of, which takes back what was said. */
export class Announcer implements AsyncDisposable {
  readonly #announcement: Announcement;
  readonly #address: Address;
  readonly #multicast: Multicast;
  readonly #networks = new Map<string, MulticastNetwork>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  /**
   * @param address Where the index listens; on all addresses if it is `0.0.0.0` or `::`
   * @param onFault Hears that something could not be sent; it goes on
   */
  constructor(announcement: Announcement, address: Address, onFault: (error: unknown) => void) {
    this.#announcement = announcement;
    this.#address = address;
    this.#multicast = new Multicast({
      onNetwork: (network) => this.#greet(network),
      onPacket: ({ type, questions }, _from, network) => {
        const records = this.#recordsFor(network);
        const isMeant = type === "query" && questions.some(({ name }) => isAsked(name, records));
        if (isMeant) network.respond({ answers: records });
      },
      onFault,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const network of this.#networks.values()) {
      network.respond({ answers: goodbyeOf(this.#recordsFor(network)) });
    }
    await this.#multicast[Symbol.asyncDispose]();
  }

  #greet(network: MulticastNetwork): void {
    const { hostname } = this.#address;
    if (!isAnyAddress(hostname) && hostname !== network.address) return;
    this.#networks.set(network.address, network);
    const say = () => network.respond({ answers: this.#recordsFor(network) });
    say();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      say();
    }, AGAIN_MS);
    this.#timers.add(timer);
  }

  #recordsFor({ address }: MulticastNetwork) {
    if (!this.#networks.has(address)) return [];
    return recordsOf(this.#announcement, { hostname: address, port: this.#address.port });
  }
}
