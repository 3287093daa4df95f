/**
 * Servers of one index and their clients as processes. The servers share the key and the users; what is
 * published each keeps for itself.
 *
 * @module
 */

import { formatAddress } from "../../lib/protocol/address.ts";
import { Clients } from "./clients.ts";
import { hostAndPort, TEST_HOST } from "./host.ts";
import { type Ended, FROM_SOURCE, Program, type ProgramOptions } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";
import { CREDENTIALS } from "./users.ts";
import { waitFor } from "./wait_for.ts";

const NAMES = ["a", "b"] as const;
const SECRETS = ["credentials.txt", "credentials.txt.key"];

/** A server as a process. */
export interface FleetServer {
  readonly program: Program;
  readonly port: number;
  /** As it is typed, and as messages name it. */
  readonly address: string;
}

/** Two servers in a temporary folder, and clients that know both. */
export class ServerFleet extends Clients {
  private constructor(home: TempFolder, readonly servers: readonly [FleetServer, FleetServer]) {
    super(home, servers[0].port, FROM_SOURCE);
    for (const { program } of servers) this.stack.use(program);
  }

  /** Starts two servers on free loopback ports. */
  static async start(): Promise<ServerFleet> {
    const home = await TempFolder.make();
    for (const name of NAMES) await home.makeFolder(name);
    await home.write("a/credentials.txt", CREDENTIALS);
    const first = await startServer(home.pathOf("a"));
    for (const name of SECRETS) {
      await Deno.copyFile(home.pathOf(`a/${name}`), home.pathOf(`b/${name}`));
    }
    return new ServerFleet(home, [first, await startServer(home.pathOf("b"))]);
  }

  override get typedIndex(): string {
    return this.servers.map(({ address }) => address).join(",");
  }

  /** Runs a program to its end. */
  async run(words: readonly string[], options: ProgramOptions): Promise<Ended> {
    return await this.stack.use(new Program(words, options)).finish();
  }

  /** The server at which `user` has logged in, who did so once, and the other one. */
  async placesOf(user: string): Promise<readonly [at: FleetServer, other: FleetServer]> {
    const [a, b] = this.servers;
    await waitFor("a login", () => loginsAt(a, user) + loginsAt(b, user) > 0);
    return loginsAt(a, user) > 0 ? [a, b] : [b, a];
  }
}

async function startServer(folder: string): Promise<FleetServer> {
  const where = formatAddress({ hostname: TEST_HOST, port: 0 });
  const program = new Program([...FROM_SOURCE.server, where, "--log", "json"], { cwd: folder });
  await program.shows("\n");
  const { port } = JSON.parse(program.stdout.split("\n")[0]!);
  return { program, port, address: hostAndPort(port) };
}

/** How often the log of the server says that `user` has logged in. */
export function loginsAt({ program }: FleetServer, user: string): number {
  const lines = program.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  return lines.filter((line) =>
    line.event === "answered" && line.verb === "login" && line.user === user
  ).length;
}
