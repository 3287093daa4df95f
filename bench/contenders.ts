/**
 * Servers to compare, each with a process that asks it.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { Child, type ChildOptions } from "./child.ts";
import type { Kind, Round } from "./clients/load.ts";
import { credentialsText, type Measured } from "./clients/questions.ts";
import { udpPortsOf } from "./proc.ts";

/** Turns that the server's loop has under way at once: what the bare echo does too. */
export const LOOPS = 8;

/** How often, and after which pause in milliseconds, a starting server is looked at. */
const START = { tries: 400, pause: 50 };

/** A server that listens. */
export interface Server {
  readonly child: Child;
  readonly port: number;
}

/** Asks one server for the time of one round. */
export type Contender = (verb: Measured) => Promise<Round>;

/** What the real server is started with. */
export interface ServerOptions {
  /** Users beside those who are always there. */
  readonly users?: readonly string[];
  /** The name of the data file. @default {none} */
  readonly data?: string;
  /** The name of the file that a log goes to. @default {no log} */
  readonly log?: string;
}

/** Starts processes, with files in one folder, and ends them. */
export class Contenders implements AsyncDisposable {
  readonly #started = new AsyncDisposableStack();

  constructor(readonly folder: string, readonly signal: AbortSignal) {}

  /** Starts a process of the benchmark. */
  start(script: string, args: readonly (string | number)[], options?: Partial<ChildOptions>) {
    const child = Child.start(script, args.map(String), { signal: this.signal, ...options });
    return this.#started.use(child);
  }

  /** Starts the real server. */
  async server(options: ServerOptions = {}): Promise<Server> {
    const { users = [], data, log } = options;
    const path = (name: string) => `${this.folder}/${name}`;
    await Deno.writeTextFile(path("users.txt"), credentialsText(users));
    const port = freePort();
    const files = ["--credentials", path("users.txt"), "--data", data ? path(data) : ":memory:"];
    const args = [port, ...files, "--log", log ? "text" : "off"];
    const child = this.start("../server.ts", args, log ? { output: path(log) } : {});
    return { child, port: await portOf(child, port) };
  }

  /** Starts the bare echo. */
  async echo(): Promise<Server> {
    const child = this.start("clients/bare_echo.ts", [LOOPS]);
    return { child, port: await portOf(child) };
  }

  /** Starts a process that asks `server`. */
  ask(kind: Kind, { child, port }: Server): Contender {
    const load = this.start("clients/load.ts", [kind, port, child.pid]);
    return (verb) => load.ask<Round>(verb);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started.disposeAsync();
  }
}

/** Waits until `child` listens over UDP at `port`, or at any if there is none, and tells where. */
async function portOf({ pid, name }: Child, port?: number): Promise<number> {
  for (let i = 0; i < START.tries; i++) {
    const found = udpPortsOf(pid).find((it) => port === undefined || it === port);
    if (found) return found;
    await delay(START.pause);
  }
  throw new Error(`${name} does not start`);
}

/** The port of a socket that is closed again: whoever is told it next can have it. */
function freePort(): number {
  const address = { hostname: "127.0.0.1", port: 0 };
  using tcp = Deno.listen(address);
  Deno.listenDatagram({ transport: "udp", ...address, port: tcp.addr.port }).close();
  return tcp.addr.port;
}
