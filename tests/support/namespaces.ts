/**
 * Machines of their own on this one: Linux network namespaces on a switch or behind routers, whose
 * links can be pulled, slowed down, made to lose packets, and given other addresses. It takes root, iproute2
 * and nftables. The network of the machine itself is never touched.
 *
 * @module
 */

import { MAY_RUN } from "./permission.ts";
import { NatRouter } from "./nat_router.ts";
import { NetworkHost } from "./network_host.ts";
import { NetworkSwitch } from "./network_switch.ts";
import { systemCommand } from "./system_command.ts";

export type { NetworkHost };

/**
 * `<prefix><process id>-<random>` names a namespace, so that leftovers are found. Test files that run
 * at once share their process.
 */
const PREFIX = "bittrickle-";
/** The subnet of all hosts that are behind no router. */
const SUBNET = "10.77";

/** Hosts on one switch, all gone after the test with whatever still runs in them. */
export class NetworkNamespaces implements AsyncDisposable {
  readonly #name = `${PREFIX}${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
  readonly #hosts: NetworkHost[] = [];
  #switch: NetworkSwitch | undefined;

  private constructor() {}

  /** Makes a switch without hosts, and removes what a run that was killed has left. */
  static async make(): Promise<NetworkNamespaces> {
    await removeLeftovers();
    const made = new NetworkNamespaces();
    await systemCommand("ip", "netns", "add", made.#name);
    try {
      made.#switch = await NetworkSwitch.make(made.#name, { subnet: SUBNET });
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Adds a host with an address of its own, behind a router if that is told. */
  async addHost(network: NetworkSwitch = this.#switch!): Promise<NetworkHost> {
    const number = this.#hosts.length;
    const host = new NetworkHost(network, `${this.#name}-${number}`, `port${number}`);
    this.#hosts.push(host);
    await systemCommand("ip", "netns", "add", host.name);
    await network.plug(host.port, host.name);
    await host.ip("link", "set", "lo", "up");
    // A packet is a packet: what is lost is never 64 KiB at once.
    await host.ip("link", "set", "eth0", "up", "gso_max_segs", "1");
    await host.move();
    return host;
  }

  /** Adds a router whose hosts share its address. */
  async addRouter(): Promise<NatRouter> {
    return await NatRouter.at(await this.addHost());
  }

  /** An address of the subnet that no host has had yet. */
  freeAddress(): string {
    return this.#switch!.freeAddress();
  }

  /** Runs ip(8) at the switch. */
  async ip(...args: string[]): Promise<string> {
    return await this.#switch!.ip(...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { name } of this.#hosts) await removeNamespace(name);
    await removeNamespace(this.#name);
  }
}

/** Whether this machine lets the test make network namespaces. */
export const CAN_MAKE_NAMESPACES: boolean = MAY_RUN && Deno.build.os === "linux" &&
  await canMakeNamespaces();

async function canMakeNamespaces(): Promise<boolean> {
  try {
    await using network = await NetworkNamespaces.make();
    await network.addHost();
    return true;
  } catch {
    return false;
  }
}

/** Removes the namespaces of processes that are gone. */
async function removeLeftovers(): Promise<void> {
  const names = (await systemCommand("ip", "netns", "list")).split("\n");
  for (const line of names.filter((name) => name.startsWith(PREFIX))) {
    const [name = ""] = line.split(" ");
    const owner = name.slice(PREFIX.length).split("-")[0]!;
    // Another run may be removing it too.
    if (!await isRunning(owner)) await removeNamespace(name).catch(() => {});
  }
}

async function isRunning(processId: string): Promise<boolean> {
  return await systemCommand("kill", "-0", processId).then(() => true, () => false);
}

/** Removes a namespace and ends what runs in it. */
async function removeNamespace(name: string): Promise<void> {
  const running = (await systemCommand("ip", "netns", "pids", name)).split("\n").filter(Boolean);
  if (running.length > 0) await systemCommand("kill", "-KILL", ...running).catch(() => {});
  await systemCommand("ip", "netns", "delete", name);
}
