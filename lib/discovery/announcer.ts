/**
 * Announcing an index on the networks of its machine.
 *
 * @module
 */

import { type Address, isAnyAddress } from "../protocol/address.ts";
import type { Announcement } from "../protocol/announcement.ts";
import type { Packet } from "multicast-dns";
import { Multicast, type MulticastNetwork } from "./multicast.ts";
import { PacedResponder } from "./paced_responder.ts";
import { goodbyeOf, isAsked, recordsOf } from "./records.ts";

/** When it is said again that was not asked for, in milliseconds: RFC 6762 section 8.3. */
const AGAIN_MS = 1_000;

/** A network on which it is said, and what paces that. */
interface Place {
  readonly network: MulticastNetwork;
  readonly responder: PacedResponder;
}

/** Answers whoever looks for an index, until it is disposed of, which takes back what was said. */
export class Announcer implements AsyncDisposable {
  readonly #announcement: Announcement;
  readonly #address: Address;
  readonly #multicast: Multicast;
  readonly #places = new Map<string, Place>();
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
      onPacket: (packet, _from, network) => this.#hear(packet, network),
      onFault,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { network, responder } of this.#places.values()) {
      responder[Symbol.dispose]();
      network.respond({ answers: goodbyeOf(this.#recordsFor(network)) });
    }
    await this.#multicast[Symbol.asyncDispose]();
  }

  #greet(network: MulticastNetwork): void {
    const { hostname } = this.#address;
    if (!isAnyAddress(hostname) && hostname !== network.address) return;
    this.#places.get(network.address)?.responder[Symbol.dispose]();
    const responder = new PacedResponder(() => {
      network.respond({ answers: this.#recordsFor(network) });
    });
    this.#places.set(network.address, { network, responder });
    responder.answer(false);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      responder.answer(false);
    }, AGAIN_MS);
    this.#timers.add(timer);
  }

  #hear({ type, questions, authorities }: Packet, network: MulticastNetwork): void {
    const place = this.#places.get(network.address);
    if (!place || type !== "query") return;
    const records = this.#recordsFor(network);
    // A probe holds the records that its sender would like to have.
    const isProbe = authorities.length > 0;
    if (questions.some(({ name }) => isAsked(name, records))) place.responder.answer(isProbe);
  }

  #recordsFor({ address }: MulticastNetwork) {
    return recordsOf(this.#announcement, { hostname: address, port: this.#address.port });
  }
}
