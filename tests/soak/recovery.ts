/**
 * How soon bytes flow again after a fault.
 *
 * @module
 */

import type { NamespacedNetwork } from "../support/namespaced_network.ts";
import type { FaultLog } from "./fault_log.ts";
import { type Fault, INDEX } from "./fault_plan.ts";
import type { EndedGet } from "./judge.ts";
import type { SharedFile } from "./shared_files.ts";

/** More than heartbeats bring in a minute. */
const FLOWING_BYTES = 65_536;

/** Whose fault it was that a client waited for something: its own, a source's or the index's. */
export type Role = "own" | "source" | "index";

/** A client that waits for bytes to flow again. */
interface Waiting {
  readonly what: string;
  since: number;
  bytes: number;
  /** Whether it waits with a `get` that the index has been asked for since the fault. */
  hasAsked: boolean;
}

/** What came of the faults of one kind. */
export interface Recovery {
  count: number;
  /** Milliseconds. */
  total: number;
  slowest: number;
}

/** Measures how soon clients go on after the end of a fault of somebody whom they need. */
export class RecoveryMeter {
  readonly #network: NamespacedNetwork;
  readonly #log: FaultLog;
  readonly #ports: readonly string[];
  #received: readonly number[];
  readonly #owners: (readonly number[])[];
  readonly #waiting: (Waiting | undefined)[];
  /** By whose fault it was and its kind. */
  readonly recoveries = new Map<string, Recovery>();

  /** @param ports The clients' interfaces at the switch. */
  constructor(network: NamespacedNetwork, log: FaultLog, ports: readonly string[]) {
    this.#network = network;
    this.#log = log;
    this.#ports = ports;
    this.#received = ports.map(() => 0);
    this.#owners = ports.map(() => []);
    this.#waiting = ports.map(() => undefined);
  }

  /** Notes that `fault` begins: whoever needs its victim cannot be expected to go on. */
  faultBegins(fault: Fault): void {
    for (const client of this.#ports.keys()) {
      if (this.#roleOf(fault, client)) this.#waiting[client] = undefined;
    }
  }

  /** Notes that `fault` ends: everybody whom it held up should go on. */
  faultEnds(fault: Fault): void {
    for (const client of this.#ports.keys()) {
      const role = this.#roleOf(fault, client);
      if (!role || this.#isHeldUp(client)) continue;
      const [since, bytes] = [performance.now(), this.#received[client]!];
      const what = `${fault.kind} (${role})`;
      this.#waiting[client] = { what, since, bytes, hasAsked: role !== "index" };
    }
  }

  /** Notes that `client` begins to get `file`. */
  getBegins(client: number, { owners }: SharedFile): void {
    this.#owners[client] = owners;
    if (this.#isHeldUp(client)) this.#waiting[client] = undefined;
    const waiting = this.#waiting[client];
    if (!waiting || waiting.hasAsked) return;
    waiting.hasAsked = true;
    waiting.bytes = this.#received[client]!;
  }

  /** Notes that `get` has ended. */
  getEnds({ client, answer }: EndedGet): void {
    const waiting = this.#waiting[client];
    if (!waiting || answer.type === "error") return;
    // What the index has to do with a download that went on all the time is not known.
    if (!waiting.hasAsked) waiting.since = performance.now();
    else this.#goesOn(client);
  }

  /** Looks at what has come. To be called several times a second. */
  async look(): Promise<void> {
    const links = JSON.parse(await this.#network.namespaces.ip("-j", "-s", "link"));
    const sent = new Map<string, number>(
      // deno-lint-ignore no-explicit-any -- what ip(8) says
      links.map((link: any) => [link.ifname, link.stats64.tx.bytes]),
    );
    this.#received = this.#ports.map((port) => sent.get(port) ?? 0);
    for (const [client, waiting] of this.#waiting.entries()) {
      const isFlowing = waiting && this.#received[client]! - waiting.bytes > FLOWING_BYTES;
      if (isFlowing && waiting.hasAsked) this.#goesOn(client);
    }
  }

  /** Bytes that all have received, their own protocol's and all others' included. */
  get receivedBytes(): number {
    return this.#received.reduce((sum, bytes) => sum + bytes, 0);
  }

  #goesOn(client: number): void {
    const { what, since } = this.#waiting[client]!;
    const ms = performance.now() - since;
    const before = this.recoveries.get(what) ?? { count: 0, total: 0, slowest: 0 };
    const { count, total, slowest } = before;
    const after = { count: count + 1, total: total + ms, slowest: Math.max(slowest, ms) };
    this.recoveries.set(what, after);
    this.#waiting[client] = undefined;
  }

  /** Whether somebody whom `client` needs is in trouble. */
  #isHeldUp(client: number): boolean {
    return this.#log.isInTrouble([client, INDEX, ...this.#owners[client]!]);
  }

  #roleOf({ who }: Fault, client: number): Role | undefined {
    if (who === INDEX) return "index";
    if (who === client) return "own";
    return this.#owners[client]!.includes(who) ? "source" : undefined;
  }
}
