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

/** How the server of a {@linkcode Network} is started. */
export interface NetworkOptions {
  /** The text of the credentials file. */
  readonly credentials?: string;
  /** Further flags. */
  readonly flags?: readonly string[];
}

/** Starts programs in a temporary folder and ends them all. */
export class Network implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  private constructor(
    readonly home: TempFolder,
    public server: Program,
    /** The UDP port of the server. */
    readonly port: number,
    readonly programs: Programs,
    private readonly flags: readonly string[],
  ) {
    this.#stack.use(home);
    this.#stack.use(server);
  }

  /** Starts a server on a free loopback port. */
  static async start(
    programs: Programs = FROM_SOURCE,
    { credentials = CREDENTIALS, flags = [] }: NetworkOptions = {},
  ): Promise<Network> {
    const home = await TempFolder.make();
    await home.write("credentials.txt", credentials);
    const server = startServer(programs, home, 0, flags);
    await server.shows("\n");
    const { port } = JSON.parse(server.stdout.split("\n")[0]!);
    return new Network(home, server, port, programs, flags);
  }

  /** Kills the server and starts it again on the same port, as a crash would. */
  async restartServer(): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.server = this.#stack.use(startServer(this.programs, this.home, this.port, this.flags));
    await this.server.shows("\n");
  }

  /** Starts a client with `args` after the port; its folder is named after `who`. */
  async client(who: string, args: readonly string[] = [], env = {}): Promise<ShellUser> {
    const folder = this.home.pathOf(who);
    await Deno.mkdir(folder, { recursive: true });
    const command = [...this.programs.client, String(this.port), ...args];
    const options = { cwd: folder, env: { XDG_STATE_HOME: this.home.pathOf("state"), ...env } };
    return { shell: this.#stack.use(new Program(command, options)), folder };
  }

  /** Starts a shell with `args` after the port, and logs `user` in. */
  async join(user: string, args: readonly string[] = []): Promise<ShellUser> {
    const member = await this.client(user, args);
    await member.shell.type(user);
    await member.shell.ask(`pw-${user}`, "Available commands are:");
    return member;
  }

  /** Runs the server's program with other arguments, in its folder, to its end. */
  async administer(...args: string[]): Promise<Program & { code: number }> {
    const program = this.#stack.use(
      new Program([...this.programs.server, ...args], { cwd: this.home.path }),
    );
    await program.endInput();
    return Object.assign(program, { code: await program.ends() });
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

function startServer(
  programs: Programs,
  home: TempFolder,
  port: number,
  flags: readonly string[],
): Program {
  const command = [...programs.server, String(port), "--log", "json", ...flags];
  return new Program(command, { cwd: home.path });
}
