/**
 * A switch in a network namespace, into which hosts are plugged.
 *
 * @module
 */

import { systemCommand } from "./system_command.ts";

/** What hosts of a switch have in common. */
export interface SubnetOptions {
  /** The first two numbers of all addresses. */
  readonly subnet: string;
  /** Through which all other addresses are reached. */
  readonly gateway?: string;
}

/** A switch, and the addresses that its hosts get. */
export class NetworkSwitch {
  readonly #subnet: string;
  readonly gateway: string | undefined;
  #lastAddress = 0;

  private constructor(readonly namespace: string, { subnet, gateway }: SubnetOptions) {
    this.#subnet = subnet;
    this.gateway = gateway;
  }

  /** Makes a switch in a namespace that has none. */
  static async make(namespace: string, options: SubnetOptions): Promise<NetworkSwitch> {
    const made = new NetworkSwitch(namespace, options);
    await made.ip("link", "add", "switch", "type", "bridge", "mcast_snooping", "0");
    await made.ip("link", "set", "switch", "up");
    await made.#nft("add table bridge faults");
    return made;
  }

  /** An address that no host has had yet. */
  freeAddress(): string {
    const number = ++this.#lastAddress;
    return `${this.#subnet}.${number >> 8}.${number & 255}`;
  }

  /** Runs ip(8) at the switch. */
  async ip(...args: string[]): Promise<string> {
    return await systemCommand("ip", "-n", this.namespace, ...args);
  }

  /** Adds a port whose other end is `eth0` in the namespace `host`. */
  async plug(port: string, host: string): Promise<void> {
    await this.ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host);
    await this.ip("link", "set", port, "master", "switch", "up");
  }

  /** Loses `percent` of the packets through `port`, in each direction, at random. */
  async lose(port: string, percent: number): Promise<void> {
    const chain = `bridge faults ${port}`;
    const rules = ["iifname", "oifname"].map((side) => {
      return `add rule ${chain} ${side} ${port} numgen random mod 100 < ${percent} drop`;
    });
    // A chain of its own: whatever happens to other ports at the same time changes nothing here.
    await this.#nft(
      `add chain ${chain} { type filter hook forward priority 0; }`,
      `flush chain ${chain}`,
      ...percent > 0 ? rules : [],
    );
  }

  async #nft(...commands: string[]): Promise<void> {
    await systemCommand("ip", "netns", "exec", this.namespace, "nft", commands.join("; "));
  }
}
