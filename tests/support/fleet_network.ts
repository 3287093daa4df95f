/**
 * A fleet of real servers on one etcd, all on this machine.
 *
 * @module
 */

import { EtcdNode } from "./etcd.ts";
import { hostAndPort, typedIndex } from "./host.ts";
import { FROM_SOURCE, Program } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";
import { CREDENTIALS } from "./users.ts";

/** One server, and where it listens. */
export interface FleetMember {
  readonly program: Program;
  readonly port: number;
}

/** etcd, a folder for each program, and what all servers share. */
export class FleetNetwork implements AsyncDisposable {
  readonly #resources = new AsyncDisposableStack();

  private constructor(readonly node: EtcdNode, readonly folder: TempFolder) {
    this.#resources.use(folder);
    this.#resources.use(node);
  }

  /** Starts etcd, and makes the cluster key. */
  static async start(): Promise<FleetNetwork> {
    const network = new FleetNetwork(await EtcdNode.start(), await TempFolder.make());
    await using program = new Program([
      ...FROM_SOURCE.server,
      ...["fleet", "key", network.folder.pathOf("cluster.key")],
    ]);
    await program.ends();
    return network;
  }

  /** The flags by which a program finds what the fleet shares. */
  flags(endpoint: string = this.node.endpoint): string[] {
    return ["--journal", `etcd:${endpoint}`, "--cluster-key", this.folder.pathOf("cluster.key")];
  }

  /** Runs a command of the server. */
  async command(...words: readonly string[]): Promise<Program> {
    const program = new Program([...FROM_SOURCE.server, ...words, ...this.flags()], {
      cwd: this.folder.path,
      env: { BITTRICKLE_PASSWORD: "pw-leia" },
    });
    await program.endInput();
    await program.ends();
    return program;
  }

  /** Starts a server, with more flags; the first one brings the users. */
  async server(endpoint?: string, ...more: readonly string[]): Promise<FleetMember> {
    const credentials = await this.folder.write("credentials.txt", CREDENTIALS);
    const words = [typedIndex(0), "--credentials", credentials, "--log", "json", ...more];
    const program = new Program([...FROM_SOURCE.server, ...words, ...this.flags(endpoint)]);
    this.#resources.use(program);
    await program.shows('"listening"', 30_000);
    const line = program.stdout.split("\n").find((it) => it.includes('"listening"'))!;
    return { program, port: JSON.parse(line).port };
  }

  /** A client of `user` that knows those servers, in a folder of its own. */
  async client(
    user: string,
    servers: readonly FleetMember[],
    ...words: readonly string[]
  ): Promise<Program> {
    const index = servers.map(({ port }) => hostAndPort(port)).join(",");
    const home = this.homeOf(user);
    await Deno.mkdir(home, { recursive: true });
    const program = new Program([
      ...FROM_SOURCE.client,
      ...[index, "--user", user, "--dir", home, ...words],
    ], {
      cwd: home,
      env: { BITTRICKLE_PASSWORD: `pw-${user}`, XDG_STATE_HOME: `${home}/.state` },
    });
    return this.#resources.use(program);
  }

  /** The folder of `user`. */
  homeOf(user: string): string {
    return this.folder.pathOf(`home-${user}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}
