/**
 * A fleet of real servers on one etcd, all on this machine.
 *
 * @module
 */

import { Clients } from "./clients.ts";
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
export class FleetNetwork extends Clients {
  #servers = 0;

  private constructor(readonly node: EtcdNode, home: TempFolder) {
    super(home, 0, FROM_SOURCE);
    this.stack.use(node);
  }

  /** Starts etcd, and makes the cluster key. */
  static async start(): Promise<FleetNetwork> {
    const network = new FleetNetwork(await EtcdNode.start(), await TempFolder.make());
    await using program = new Program([
      ...FROM_SOURCE.server,
      ...["fleet", "key", network.home.pathOf("cluster.key")],
    ]);
    await program.ends();
    return network;
  }

  /** The flags by which a program finds what the fleet shares. */
  flags(endpoint: string = this.node.endpoint): string[] {
    return ["--journal", `etcd:${endpoint}`, "--cluster-key", this.home.pathOf("cluster.key")];
  }

  /** Runs a command of the server. */
  async command(...words: readonly string[]): Promise<Program> {
    const program = new Program([...FROM_SOURCE.server, ...words, ...this.flags()], {
      cwd: this.home.path,
      env: { BITTRICKLE_PASSWORD: "pw-leia" },
    });
    await program.endInput();
    await program.ends();
    return program;
  }

  /** Starts a server in a folder of its own, `server0` and so on, with more flags; the first one brings the users. */
  async server(endpoint?: string, ...more: readonly string[]): Promise<FleetMember> {
    const credentials = await this.home.write("credentials.txt", CREDENTIALS);
    const words = [typedIndex(0), "--credentials", credentials, "--log", "json", ...more];
    const program = new Program([...FROM_SOURCE.server, ...words, ...this.flags(endpoint)], {
      cwd: await this.home.makeFolder(`server${this.#servers++}`),
    });
    this.stack.use(program);
    await program.shows('"listening"', 30_000);
    const line = program.stdout.split("\n").find((it) => it.includes('"listening"'))!;
    return { program, port: JSON.parse(line).port };
  }

  /** A shell of `user` that knows those servers, with a folder named after its user. */
  async shell(
    user: string,
    servers: readonly FleetMember[],
    ...words: readonly string[]
  ): Promise<Program> {
    const index = servers.map(({ port }) => hostAndPort(port)).join(",");
    const env = { BITTRICKLE_PASSWORD: `pw-${user}` };
    return (await this.clientAt(index, user, ["--user", user, ...words], env)).shell;
  }
}
