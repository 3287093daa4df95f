/**
 * A server and its clients as processes, each client with a folder of its own.
 *
 * @module
 */

import { FROM_SOURCE, Program, type Programs } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";
import { CREDENTIALS } from "./test_index.ts";

/** A shell of a logged-in user. */
export interface ShellUser {
  readonly shell: Program;
  readonly folder: string;
}

/** Starts programs in a temporary folder and ends them all. */
export class Network implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  private constructor(
    readonly home: TempFolder,
    readonly server: Program,
    /** The UDP port of the server. */
    readonly port: number,
    readonly programs: Programs,
  ) {
    this.#stack.use(home);
    this.#stack.use(server);
  }

  /** Starts a server on a free loopback port. */
  static async start(programs: Programs = FROM_SOURCE): Promise<Network> {
    const home = await TempFolder.make();
    await home.write("credentials.txt", CREDENTIALS);
    const server = new Program([...programs.server, "0", "--log", "json"], { cwd: home.path });
    await server.shows("\n");
    const { port } = JSON.parse(server.stdout.split("\n")[0]!);
    return new Network(home, server, port, programs);
  }

  /** Starts a client with `args` after the port; its folder is named after `who`. */
  async client(who: string, args: readonly string[] = [], env = {}): Promise<ShellUser> {
    const folder = this.home.pathOf(who);
    await Deno.mkdir(folder, { recursive: true });
    const command = [...this.programs.client, String(this.port), ...args];
    return { shell: this.#stack.use(new Program(command, { cwd: folder, env })), folder };
  }

  /** Starts a shell and logs `user` in. */
  async join(user: string): Promise<ShellUser> {
    const member = await this.client(user);
    await member.shell.type(user);
    await member.shell.ask(`pw-${user}`, "Available commands are:");
    return member;
  }

  /** Runs a one-shot command of `user` to its end. */
  async once(user: string, ...args: string[]): Promise<Program & { code: number }> {
    const env = { BITTRICKLE_PASSWORD: `pw-${user}` };
    const { shell } = await this.client(user, [...args, "--user", user], env);
    await shell.endInput();
    return Object.assign(shell, { code: await shell.ends() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
