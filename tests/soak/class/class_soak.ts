/**
 * A server, a class of simulated clients and a few real ones, and what is recorded of them.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Child } from "../../../bench/child.ts";
import { Contenders, freePort, SERVER_FLAGS } from "../../../bench/contenders.ts";
import { udpDropsOf } from "../../../bench/proc.ts";
import { credentialsOf } from "../../support/users.ts";
import { Tally } from "../soak_result.ts";
import type { ClassOptions } from "./class_options.ts";
import { type ClassSample, classSample } from "./class_samples.ts";
import { type ClientsSample, clientUser } from "./clients_process.ts";
import type { PeersSample } from "./peers_process.ts";
import { ServerWatch } from "./server_watch.ts";
import { peerUser } from "./transferring_peer.ts";

const SAMPLE_MS = 1_000;
/** Processes of simulated and of real clients, and how many real ones each has. */
const PROCESSES = 2;
const PEERS_EACH = 3;
const PEERS = PROCESSES * PEERS_EACH;
/** Every so often a process of real clients is killed and started anew, in milliseconds. */
const KILL_MS = 20_000;

/** What became of the clients, in all. */
export interface Totals {
  joined: number;
  left: number;
  vanished: number;
  transfers: number;
  bytes: number;
  killed: number;
}

/** One soak. */
export class ClassSoak implements AsyncDisposable {
  readonly samples: ClassSample[] = [];
  /** What should not have been. */
  readonly faults = new Tally();
  /** Why downloads failed whose sources were killed, or away. */
  readonly failures = new Tally();
  readonly totals: Totals = { joined: 0, left: 0, vanished: 0, transfers: 0, bytes: 0, killed: 0 };
  readonly #options: ClassOptions;
  readonly #programs: Contenders;
  readonly #port = freePort();
  /** How many datagrams found no room at the server's socket. */
  drops = 0;
  #clients: readonly Child[] = [];
  #peers: Child[] = [];

  /** @param folder Takes the server's files */
  constructor(options: ClassOptions, private readonly folder: string, signal: AbortSignal) {
    this.#options = options;
    this.#programs = new Contenders(folder, signal);
  }

  /** Runs to the end, and tells each minute how it goes. */
  async run(tell: (sample: ClassSample) => void): Promise<void> {
    const server = await this.#startServer();
    const watch = new ServerWatch(server);
    const reading = watch.read();
    this.#clients = Array.from({ length: PROCESSES }, (_, i) => this.#startClients(i));
    this.#peers = Array.from({ length: PROCESSES }, (_, i) => this.#startPeers(i));
    await this.#record(watch, tell);
    await Promise.all([...this.#clients, ...this.#peers].map((child) => child.ask("leave")));
    this.drops = udpDropsOf(server.pid);
    Deno.kill(server.pid, "SIGTERM");
    await reading;
    for (const [line, count] of watch.unexpected.counts) {
      for (let i = 0; i < count; i++) this.#fault(`a line of the log: ${line}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#programs[Symbol.asyncDispose]();
  }

  async #startServer(): Promise<Child> {
    const { clients } = this.#options;
    const users = [
      ...Array.from({ length: clients }, (_, i) => clientUser(i)),
      ...Array.from({ length: PEERS }, (_, i) => peerUser(i)),
    ];
    const credentials = `${this.folder}/credentials.txt`;
    await Deno.writeTextFile(credentials, credentialsOf(users));
    const files = ["--credentials", credentials, "--data", `${this.folder}/bittrickle.db`];
    const args = [this.#port, "--log", "json", ...files];
    const server = this.#programs.start("../server.ts", args, { flags: SERVER_FLAGS });
    await server.next();
    return server;
  }

  #startClients(process: number): Child {
    const { clients, seed } = this.#options;
    const first = Math.floor(process * clients / PROCESSES);
    const count = Math.floor((process + 1) * clients / PROCESSES) - first;
    return this.#start("clients_process.ts", [first, count, seed]);
  }

  #startPeers(process: number): Child {
    const { clients, seed } = this.#options;
    const args = [process * PEERS_EACH, PEERS_EACH, PEERS, seed + clients + this.totals.killed];
    return this.#start("peers_process.ts", args);
  }

  #start(script: string, args: readonly number[]): Child {
    return this.#programs.start(`../tests/soak/class/${script}`, [this.#port, ...args]);
  }

  async #record(watch: ServerWatch, tell: (sample: ClassSample) => void): Promise<void> {
    const began = performance.now();
    const end = began + this.#options.minutes * 60_000;
    for (let last = began, i = 1; last < end; i++) {
      await delay(Math.max(0, began + i * SAMPLE_MS - performance.now()));
      const now = performance.now();
      this.samples.push(await this.#sample(watch, [(now - began) / 1_000, (now - last) / 1_000]));
      if (i % 60 === 0) tell(this.samples.at(-1)!);
      if (i * SAMPLE_MS % KILL_MS === 0 && now < end) this.#killPeers();
      last = now;
    }
  }

  async #sample(watch: ServerWatch, time: readonly [number, number]): Promise<ClassSample> {
    const [clients, peers] = await Promise.all([
      Promise.all(this.#clients.map((child) => child.ask<ClientsSample>("sample"))),
      Promise.all(this.#peers.map((child) => child.ask<PeersSample>("sample"))),
    ]);
    for (const { joined, left, vanished, faults } of clients) {
      this.#add({ joined, left, vanished });
      faults.forEach((it) => this.#fault(it));
    }
    for (const { transfers, bytes, failures, faults } of peers) {
      this.#add({ transfers, bytes });
      failures.forEach((it) => this.failures.add(it));
      faults.forEach((it) => this.#fault(it));
    }
    return classSample(time, watch.sample(), clients, peers);
  }

  /** Kills one process after the other, as a power cut would. */
  #killPeers(): void {
    const which = this.totals.killed++ % PROCESSES;
    Deno.kill(this.#peers[which]!.pid, "SIGKILL");
    this.#peers[which] = this.#startPeers(which);
  }

  #add(more: Partial<Totals>): void {
    for (const [key, count] of Object.entries(more)) this.totals[key as keyof Totals] += count;
  }

  #fault(what: string): void {
    this.faults.add(what);
  }
}
