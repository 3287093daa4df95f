/**
 * The processes of the benchmark of sessions.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { Child } from "../child.ts";
import { processTimes, udpDropsOf } from "../proc.ts";
import { freePort, portOf } from "../requests/contender.ts";
import { credentialsText } from "../requests/users.ts";
import type { Comers } from "./comers.ts";
import type { Crowd } from "./crowd.ts";
import { allNames } from "./names.ts";
import type { Probed } from "./probe.ts";
import type { Watched } from "./watched_server.ts";

/** A server that used less than that share of a core for so long has nothing to do any more. */
const IDLE = { share: 0.1, ms: 500, tries: 240 };

/** The server, those who are there, those who come, and the one who asks. */
export class Stage implements AsyncDisposable {
  readonly #server: Child;
  readonly #children = new AsyncDisposableStack();
  #crowds: readonly Child[] = [];
  #comers!: Child;
  #prober!: Child;

  private constructor(server: Child) {
    this.#server = this.#children.use(server);
  }

  /** Starts everybody, and waits until the server has read who may log in. */
  static async set(folder: string, signal: AbortSignal): Promise<Stage> {
    const credentials = `${folder}/many.txt`;
    await Deno.writeTextFile(credentials, credentialsText(allNames()));
    const port = String(freePort());
    const server = Child.start("sessions/watched_server.ts", [port, credentials], signal);
    const stage = new Stage(server);
    try {
      await portOf(server.pid, Number(port));
      stage.#open(port, signal);
      await stage.#idle();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Tells both crowds what to do. */
  async tellCrowds(command: "enter" | "check" | "leave"): Promise<Crowd[]> {
    return await Promise.all(this.#crowds.map((crowd) => crowd.ask<Crowd>(command)));
  }

  /** Lets users log in for `ms` milliseconds. */
  async come(ms: number): Promise<Comers> {
    return await this.#comers.ask<Comers>(String(ms));
  }

  /** Asks, and tells what the server saw of itself meanwhile. */
  async probe(command: string): Promise<Probed & Watched> {
    await this.#server.ask<Watched>();
    const probed = await this.#prober.ask<Probed>(command);
    return { ...probed, ...await this.#server.ask<Watched>() };
  }

  /** How many datagrams found no room at the server so far. */
  get drops(): number {
    return udpDropsOf(this.#server.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#children.disposeAsync();
  }

  #open(port: string, signal: AbortSignal): void {
    this.#crowds = ["plain", "sealed"].map((kind) => {
      const crowd = Child.startWithManyFiles("sessions/crowd.ts", [port, kind], signal);
      return this.#children.use(crowd);
    });
    this.#comers = this.#children.use(Child.start("sessions/comers.ts", [port], signal));
    this.#prober = this.#children.use(Child.start("sessions/prober.ts", [port], signal));
  }

  async #idle(): Promise<void> {
    for (let i = 0; i < IDLE.tries; i++) {
      const before = processTimes(this.#server.pid).running;
      await delay(IDLE.ms);
      if (processTimes(this.#server.pid).running - before < IDLE.share * IDLE.ms) return;
    }
    throw new Error("a server does not come to rest");
  }
}
