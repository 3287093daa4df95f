/**
 * A machine of its own on this one: a network namespace with one interface.
 *
 * @module
 */

import type { NetworkSwitch } from "./network_switch.ts";
import { systemCommand } from "./system_command.ts";

/** Bits of an address that all hosts share. */
const SUBNET_BITS = 16;
/** What a token bucket holds: enough for a few packets of 1,500 bytes. */
const BURST = "16kb";
/** How long a packet waits for its turn on a slow link before it is dropped. */
const LONGEST_QUEUE = "100ms";

/** A machine on the switch, with one network interface. */
export class NetworkHost {
  #address = "";

  /** @param port Its interface at the switch. */
  constructor(
    private readonly network: NetworkSwitch,
    readonly name: string,
    readonly port: string,
  ) {}

  /** The address that it got last. */
  get address(): string {
    return this.#address;
  }

  /** The command line that runs `command` here. It keeps its process id. */
  command(command: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.name, ...command];
  }

  /** Runs ip(8) here. */
  async ip(...args: string[]): Promise<string> {
    return await systemCommand("ip", "-n", this.name, ...args);
  }

  /** Gives it `address` and takes all others away, as a new lease does. */
  async move(address: string = this.network.freeAddress()): Promise<void> {
    await this.ip("-4", "addr", "flush", "dev", "eth0");
    await this.addAddress(address);
    const { gateway } = this.network;
    if (gateway !== undefined) await this.ip("route", "add", "default", "via", gateway);
    this.#address = address;
  }

  /** Gives it one more address. */
  async addAddress(address: string): Promise<void> {
    await this.ip("addr", "add", `${address}/${SUBNET_BITS}`, "dev", "eth0");
  }

  /** Pulls the cable at the switch: what is sent is lost, and nobody is told. */
  async unplug(): Promise<void> {
    await this.network.ip("link", "set", this.port, "down");
  }

  /** Plugs the cable in again. */
  async plug(): Promise<void> {
    await this.network.ip("link", "set", this.port, "up");
  }

  /** Turns the interface off: what is sent fails with "network is unreachable". */
  async disable(): Promise<void> {
    await this.ip("link", "set", "eth0", "down");
  }

  /** Turns the interface on again. */
  async enable(): Promise<void> {
    await this.ip("link", "set", "eth0", "up");
  }

  /** Loses `percent` of the packets from here, and as many of those to here. */
  async lose(percent: number): Promise<void> {
    await this.network.lose(this.port, percent);
  }

  /** Lets it send no more than `megabits` a second. */
  async limit(megabits: number): Promise<void> {
    const bucket = ["rate", `${megabits}mbit`, "burst", BURST, "latency", LONGEST_QUEUE];
    const shaping = ["qdisc", "replace", "dev", "eth0", "root", "tbf", ...bucket];
    await systemCommand("tc", "-n", this.name, ...shaping);
  }
}
