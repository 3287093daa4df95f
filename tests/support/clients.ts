/**
 * The clients of one index as processes, each with a folder of its own.
 *
 * @module
 */

import { type Ended, Program, type Programs } from "./program.ts";
import type { TempFolder } from "./temp_folder.ts";
import { TEST_HOST, typedIndex } from "./host.ts";
import { type Address } from "../../lib/protocol/address.ts";

/** A shell of a logged-in user. */
export interface ShellUser {
  readonly shell: Program;
  readonly folder: string;
}

/** Starts clients in a temporary folder and ends them all. */
export class Clients implements AsyncDisposable {
  protected readonly stack = new AsyncDisposableStack();

  /** @param port The UDP port of the index. */
  constructor(readonly home: TempFolder, readonly port: number, readonly programs: Programs) {
    this.stack.use(home);
  }

  /** The index as it is typed. */
  get typedIndex(): string {
    return typedIndex(this.port);
  }

  /** Where the index is. */
  get address(): Address {
    return { hostname: TEST_HOST, port: this.port };
  }

  /** Starts a client with `args` after the index; its folder is named after `who`. */
  async client(who: string, args: readonly string[] = [], env = {}): Promise<ShellUser> {
    return await this.clientAt(this.typedIndex, who, args, env);
  }

  /** The same, with another word for the index. */
  async clientAt(
    index: string,
    who: string,
    args: readonly string[] = [],
    env = {},
  ): Promise<ShellUser> {
    const folder = this.home.pathOf(who);
    await Deno.mkdir(folder, { recursive: true });
    const command = [...this.programs.client, index, ...args];
    const options = { cwd: folder, env: { XDG_STATE_HOME: this.home.pathOf("state"), ...env } };
    return { shell: this.stack.use(new Program(command, options)), folder };
  }

  /** Starts a shell with `args` after the index, and logs `user` in. */
  async join(user: string, args: readonly string[] = []): Promise<ShellUser> {
    const member = await this.client(user, args);
    await member.shell.type(user);
    await member.shell.ask(`pw-${user}`, "Available commands are:");
    return member;
  }

  /** Starts a shell for `user`, who may still be logged in from another that was killed. */
  async rejoin(user: string): Promise<ShellUser> {
    const member = await this.begin(user);
    await member.shell.shows("Available commands are:");
    return member;
  }

  /** Starts a one-shot command of `user`, or a shell that need not ask for the password. */
  async begin(user: string, ...args: string[]): Promise<ShellUser> {
    const env = { BITTRICKLE_PASSWORD: `pw-${user}` };
    return await this.client(user, ["--user", user, ...args], env);
  }

  /** Runs a one-shot command of `user` to its end. */
  async once(user: string, ...args: string[]): Promise<Ended> {
    const { shell } = await this.begin(user, ...args);
    return await shell.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}
