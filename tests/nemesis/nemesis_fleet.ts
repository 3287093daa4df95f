/**
 * Nodes of etcd and servers of one index, each on a host of its own.
 *
 * @module
 */

import { FROM_SOURCE, Program } from "../support/program.ts";
import { type NetworkHost, NetworkNamespaces } from "../support/namespaces.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { credentialsOf } from "../support/users.ts";
import { endpointOf, NemesisNode } from "./nemesis_node.ts";
import { NemesisServer, SERVER_PORT } from "./nemesis_server.ts";
import type { PlannedFault } from "./nemesis_plan.ts";
import type { Victim } from "./nemesis_victim.ts";

/** How many there are. */
export const NODES = 3;
export const SERVERS = 2;

/** How a fleet is set up. */
export interface NemesisFleetOptions {
  /** Who may log in, each with the password `pw-<user>`. */
  readonly users: readonly string[];
  /** Whether disks can be full. */
  readonly hasDisks: boolean;
  /** The library that tells servers another time, if there is one. */
  readonly fakeTime?: string | undefined;
}

/** A fleet that can be hurt. */
export class NemesisFleet implements AsyncDisposable {
  readonly #resources = new AsyncDisposableStack();
  nodes: readonly NemesisNode[] = [];
  servers: readonly NemesisServer[] = [];

  private constructor(readonly folder: TempFolder, readonly namespaces: NetworkNamespaces) {
    this.#resources.use(folder);
    this.#resources.use(namespaces);
  }

  /** Starts all. */
  static async start(options: NemesisFleetOptions): Promise<NemesisFleet> {
    const namespaces = await NetworkNamespaces.make();
    const fleet = new NemesisFleet(await TempFolder.make(), namespaces);
    try {
      await fleet.#startNodes(options);
      await fleet.#startServers(options);
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The addresses of all servers, or of one, as they are typed. */
  addresses(which?: number): string {
    const chosen = this.servers.filter((_, i) => which === undefined || i === which);
    return chosen.map(({ host }) => `${host.address}:${SERVER_PORT}`).join(",");
  }

  /** To what `fault` happens. */
  victim({ what, which }: PlannedFault): Victim {
    return (what === "node" ? this.nodes : this.servers)[which]!;
  }

  /** Starts a program on `host`, which ends with the fleet. */
  run(host: NetworkHost, words: readonly string[], env = {}, cwd = this.folder.path): Program {
    return this.#resources.use(new Program(host.command(words), { cwd, env }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }

  async #startNodes({ hasDisks }: NemesisFleetOptions): Promise<void> {
    const hosts = await this.#addHosts(NODES);
    const paths = await Promise.all(hosts.map((_, i) => this.folder.makeFolder(`etcd-${i}`)));
    this.nodes = hosts.map((_, i) => this.#resources.use(new NemesisNode(hosts, i, paths[i]!)));
    for (const node of this.nodes) {
      if (hasDisks) await node.mount();
      node.start();
    }
  }

  async #startServers({ users, fakeTime }: NemesisFleetOptions): Promise<void> {
    const key = this.folder.pathOf("cluster.key");
    await using program = new Program([...FROM_SOURCE.server, "fleet", "key", key]);
    await program.ends();
    const credentials = await this.folder.write("credentials.txt", credentialsOf(users));
    const endpoints = this.nodes.map(({ host }) => endpointOf(host)).join(",");
    const shared = ["--journal", `etcd:${endpoints}`, "--cluster-key", key];
    const flags = [...shared, "--credentials", credentials];
    const options = { flags, folder: this.folder.path, fakeTime };
    const hosts = await this.#addHosts(SERVERS);
    this.servers = hosts.map((host, i) => {
      return this.#resources.use(new NemesisServer(`server ${i}`, host, options));
    });
    for (const server of this.servers) await server.serve();
  }

  async #addHosts(count: number): Promise<NetworkHost[]> {
    const hosts: NetworkHost[] = [];
    for (let i = 0; i < count; i++) hosts.push(await this.namespaces.addHost());
    return hosts;
  }
}
