/**
 * A server and its clients as processes, each client with a folder of its own.
 *
 * @module
 */

import { Clients, type ShellUser } from "./clients.ts";
import { type Ended, FROM_SOURCE, Program, type Programs } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";
import { CREDENTIALS } from "./users.ts";
import { typedIndex } from "./host.ts";

export type { ShellUser };

/** How the server of a {@linkcode Network} is started. */
export interface NetworkOptions {
  /** The text of the credentials file. */
  readonly credentials?: string;
  /** Further flags. */
  readonly flags?: readonly string[];
  /** Where the folders of all programs are. @default in the system's folder for such */
  readonly dir?: string | undefined;
}

/** Starts programs in a temporary folder and ends them all. */
export class Network extends Clients {
  private constructor(
    home: TempFolder,
    public server: Program,
    port: number,
    programs: Programs,
    private readonly flags: readonly string[],
  ) {
    super(home, port, programs);
    this.stack.use(server);
  }

  /** Starts a server on a free loopback port. */
  static async start(
    programs: Programs = FROM_SOURCE,
    { credentials = CREDENTIALS, flags = [], dir }: NetworkOptions = {},
  ): Promise<Network> {
    const home = await TempFolder.make(dir);
    await home.write("credentials.txt", credentials);
    const server = startServer(programs, home, 0, flags);
    await server.shows("\n");
    const { port } = JSON.parse(server.stdout.split("\n")[0]!);
    return new Network(home, server, port, programs, flags);
  }

  /** Ends the server as its operator does, and starts it again on the same port. */
  async stopAndStartServer(): Promise<Ended> {
    this.server.kill("SIGTERM");
    const ended = await this.server.finish();
    await this.restartServer();
    return ended;
  }

  /** Kills the server and starts it again on the same port, as a crash would. */
  async restartServer(): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.server = this.stack.use(startServer(this.programs, this.home, this.port, this.flags));
    await this.server.shows("\n");
  }

  /** Runs the server's program with other arguments, in its folder, to its end. */
  async administer(...args: string[]): Promise<Ended> {
    const program = this.stack.use(
      new Program([...this.programs.server, ...args], { cwd: this.home.path }),
    );
    return await program.finish();
  }
}

function startServer(
  programs: Programs,
  home: TempFolder,
  port: number,
  flags: readonly string[],
): Program {
  const command = [...programs.server, typedIndex(port), "--log", "json", ...flags];
  return new Program(command, { cwd: home.path });
}
