/**
 * A router as at home: the hosts behind it share its address, and it remembers which connection is
 * whose until it is told to forget. It takes conntrack(8).
 *
 * @module
 */

import { MAY_RUN } from "./permission.ts";
import type { NetworkHost } from "./network_host.ts";
import { NetworkSwitch } from "./network_switch.ts";
import { systemCommand } from "./system_command.ts";

const SUBNET = "192.168";

/** A router between a switch of its own and the one that it is plugged into. */
export class NatRouter {
  private constructor(readonly outside: NetworkHost, readonly inside: NetworkSwitch) {}

  /** Makes a router of a host that does nothing else. */
  static async at(outside: NetworkHost): Promise<NatRouter> {
    const gateway = `${SUBNET}.255.254`;
    const inside = await NetworkSwitch.make(outside.name, { subnet: SUBNET, gateway });
    const router = new NatRouter(outside, inside);
    await outside.ip("addr", "add", `${gateway}/16`, "dev", "switch");
    await router.#run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    // At random: a connection that was forgotten gets another port, as on a router with many hosts.
    await router.#nft(
      "add table ip nat",
      "add chain ip nat out { type nat hook postrouting priority 100; }",
      "add rule ip nat out oifname eth0 masquerade random",
      "add chain ip nat in { type nat hook prerouting priority -100; }",
    );
    return router;
  }

  /** Forwards all TCP connections from outside to `host`. */
  async forwardTo({ address }: NetworkHost): Promise<void> {
    await this.#nft(`add rule ip nat in iifname eth0 tcp dport 1024-65535 dnat to ${address}`);
  }

  /** Forgets every connection: those that go on come from other ports. */
  async forget(): Promise<void> {
    await this.#run("conntrack", "-F");
  }

  async #nft(...commands: string[]): Promise<void> {
    await this.#run("nft", commands.join("; "));
  }

  async #run(...command: string[]): Promise<void> {
    const [name, ...args] = this.outside.command(command);
    await systemCommand(name!, ...args);
  }
}

/** Whether the system has what a router takes, beside namespaces. */
export const CAN_FORGET: boolean = MAY_RUN &&
  await systemCommand("conntrack", "--version").then(() => true, () => false);
