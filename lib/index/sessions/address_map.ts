/**
 * Values by the address they belong to.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";

interface Entry<V> {
  readonly hostname: string;
  readonly value: V;
}

/** By the port first, as putting an address into words for each datagram costs more than all of this. */
export class AddressMap<V> {
  readonly #ports = new Map<number, Entry<V>[]>();

  /** The value of `address`. */
  get({ hostname, port }: Address): V | undefined {
    const entries = this.#ports.get(port);
    if (!entries) return undefined;
    for (let i = 0; i < entries.length; i++) {
      if (entries[i]!.hostname === hostname) return entries[i]!.value;
    }
  }

  /** Gives `address` a value, instead of the one it had. */
  set({ hostname, port }: Address, value: V): void {
    this.#replace(port, [...this.#others(hostname, port), { hostname, value }]);
  }

  /** Takes the value of `address` away. */
  delete({ hostname, port }: Address): void {
    this.#replace(port, this.#others(hostname, port));
  }

  #others(hostname: string, port: number): Entry<V>[] {
    return this.#ports.get(port)?.filter((entry) => entry.hostname !== hostname) ?? [];
  }

  #replace(port: number, entries: Entry<V>[]): void {
    if (entries.length > 0) this.#ports.set(port, entries);
    else this.#ports.delete(port);
  }
}
