/**
 * A process that answers requests, and the one that asks it.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { Child } from "../child.ts";
import { udpPortsOf } from "../proc.ts";
import type { Measured } from "./questions.ts";
import type { Round } from "./round.ts";

/** How a {@linkcode Contender} is asked. */
export interface ContenderOptions {
  /** What it understands. */
  readonly kind: "plain" | "sealed" | "echo" | "tracker";
  /** Where it listens. @default {its only UDP socket} */
  readonly port?: number;
  /** Whether it answers nothing at all. @default {false} */
  readonly isSilent?: boolean;
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

  /** Waits for `server`, which is ended with this, and starts who asks it. */
  static async start(server: Child, options: ContenderOptions): Promise<Contender> {
    const { kind, port, isSilent = false, signal } = options;
    try {
      const args = [
        await portOf(server.pid, port),
        server.pid,
        kind,
        ...isSilent ? ["silent"] : [],
      ];
      const load = Child.start("requests/load.ts", args.map(String), signal);
      return new Contender(server, load);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Asks for the time of one round. */
  async round(verb: Measured): Promise<Round> {
    return await this.#load.ask<Round>(verb);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

/** Waits until the process listens at `port`, or at any if that is 0, and tells where. */
export async function portOf(pid: number, port = 0): Promise<number> {
  for (let i = 0; i < START.tries; i++) {
    const found = udpPortsOf(pid).find((it) => port === 0 || it === port);
    if (found) return found;
    await delay(START.pause);
  }
  throw new Error("a server does not start");
}

/** The port of a socket that is closed again: whoever is told it next can have it. */
export function freePort(): number {
  const address = { hostname: "127.0.0.1", port: 0 };
  using tcp = Deno.listen(address);
  const udp = Deno.listenDatagram({ transport: "udp", ...address, port: tcp.addr.port });
  udp.close();
  return tcp.addr.port;
}
