/**
 * A process that answers requests, and the one that asks it.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { Child } from "../child.ts";
import { udpPortOf } from "../proc.ts";
import type { Round } from "./load.ts";

/** How a {@linkcode Contender} is started. */
export interface ContenderOptions {
  /** The program, whose first argument is the port: 0, as the system likes. */
  readonly script: string;
  /** What it answers. */
  readonly kind: "get" | "sealed" | "echo";
  /** Its other arguments. */
  readonly args?: readonly string[];
  /** The file that its standard output goes to. */
  readonly output: string;
  readonly signal: AbortSignal;
}

/** How often, and after which pause in milliseconds, a starting server is looked at. */
const START = { tries: 200, pause: 50 };

/** Both processes. */
export class Contender implements AsyncDisposable {
  readonly #server: Child;
  readonly #load: Child;

  private constructor(server: Child, load: Child) {
    this.#server = server;
    this.#load = load;
  }

  /** Starts them. */
  static async start(options: ContenderOptions): Promise<Contender> {
    const { script, kind, args = [], output, signal } = options;
    const server = Child.startWritingTo(output, script, ["0", ...args], signal);
    try {
      const load = [await portOf(server.pid), server.pid, kind].map(String);
      return new Contender(server, Child.start("requests/load.ts", load, signal));
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Asks for the time of one round. */
  async round(): Promise<Round> {
    return await this.#load.ask<Round>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

/** Where the process listens: a server that logs nothing does not tell. */
async function portOf(pid: number): Promise<number> {
  for (let i = 0; i < START.tries; i++) {
    const port = udpPortOf(pid);
    if (port) return port;
    await delay(START.pause);
  }
  throw new Error("a server does not start");
}
