/**
 * How soon bytes flow again after a fault.
 *
 * @module
 */

import type { NamespacedNetwork } from "../support/namespaced_network.ts";
import type { FaultLog, LoggedFault } from "./fault_log.ts";
import { type Fault, INDEX } from "./fault_plan.ts";
import type { EndedGet } from "./judge.ts";
import type { SharedFile } from "./shared_files.ts";

/** More than heartbeats and requests bring in a minute. */
const FLOWING_BYTES = 65_536;
/** What is shorter is mostly an acknowledgement, which comes to those who send. */
const ACKNOWLEDGEMENT_BYTES = 80;

/** Whose fault it was that a client waited for something: its own, a source's or the index's. */
type Role = "own" | "source" | "index";

/** What ip(8) says of an interface. */
interface Link {
  readonly ifname: string;
  readonly stats64: { readonly tx: { readonly bytes: number; readonly packets: number } };
}

/** A client that waits for bytes to flow again. */
interface Waiting {
  readonly fault: Fault;
  readonly role: Role;
  readonly since: number;
  readonly bytes: number;
}

/** A client that has gone on. */
export interface Recovery {
  readonly client: number;
  /** Whom it needed: itself, the index and the owners of the file. */
  readonly parties: readonly number[];
  /** Whose fault had ended: its own, a source's or the index's. */
  readonly role: Role;
  readonly fault: Fault;
  /** When the fault had ended, and how long it took from there. Milliseconds. */
  readonly since: number;
  readonly ms: number;
}

/** Measures how soon clients go on after the end of a fault of somebody whom they need. */
export class RecoveryMeter {
  readonly #network: NamespacedNetwork;
  readonly #log: FaultLog;
  readonly #ports: readonly string[];
  #received: readonly number[];
  readonly #gets: { readonly owners: readonly number[]; readonly began: number }[];
  readonly #waiting: (Waiting | undefined)[];
  readonly recoveries: Recovery[] = [];

  /** @param ports The clients' interfaces at the switch. */
  constructor(network: NamespacedNetwork, log: FaultLog, ports: readonly string[]) {
    this.#network = network;
    this.#log = log;
    this.#ports = ports;
    this.#received = ports.map(() => 0);
    this.#gets = ports.map(() => ({ owners: [], began: 0 }));
    this.#waiting = ports.map(() => undefined);
  }

  /** Notes that `fault` begins: whoever needs its victim cannot be expected to go on. */
  faultBegins(fault: Fault): void {
    for (const client of this.#ports.keys()) {
      if (this.#roleOf(fault, client)) this.#waiting[client] = undefined;
    }
  }

  /** Notes that `logged` has ended: everybody whom it stopped should go on. */
  faultEnds({ fault, began }: LoggedFault): void {
    for (const client of this.#ports.keys()) {
      const role = this.#roleOf(fault, client);
      if (!role || this.#isHeldUp(client)) continue;
      // Downloads go on without the index.
      if (role === "index" && this.#gets[client]!.began < began) continue;
      const [since, bytes] = [performance.now(), this.#received[client]!];
      this.#waiting[client] = { fault, role, since, bytes };
    }
  }

  /** Notes that `client` begins to get `file`. */
  getBegins(client: number, { owners }: SharedFile): void {
    this.#gets[client] = { owners, began: performance.now() };
    if (this.#isHeldUp(client)) this.#waiting[client] = undefined;
  }

  /** Notes that `get` has ended. */
  getEnds({ client, answer }: EndedGet): void {
    if (this.#waiting[client] && answer.type === "result") this.#goesOn(client);
  }

  /** Reads what has come. To be called several times a second. */
  async look(): Promise<void> {
    const links: Link[] = JSON.parse(await this.#network.namespaces.ip("-j", "-s", "link"));
    const sent = new Map(links.map(({ ifname, stats64: { tx } }) => {
      return [ifname, tx.bytes - tx.packets * ACKNOWLEDGEMENT_BYTES];
    }));
    this.#received = this.#ports.map((port) => sent.get(port) ?? 0);
    for (const [client, waiting] of this.#waiting.entries()) {
      if (!waiting) continue;
      if (this.#received[client]! - waiting.bytes > FLOWING_BYTES) this.#goesOn(client);
    }
  }

  #goesOn(client: number): void {
    const { fault, role, since } = this.#waiting[client]!;
    const [parties, ms] = [this.#partiesOf(client), performance.now() - since];
    this.recoveries.push({ client, parties, role, fault, since, ms });
    this.#waiting[client] = undefined;
  }

  /** Whether somebody whom `client` needs is in trouble. */
  #isHeldUp(client: number): boolean {
    return this.#log.isInTrouble(this.#partiesOf(client));
  }

  #partiesOf(client: number): number[] {
    return [client, INDEX, ...this.#gets[client]!.owners];
  }

  #roleOf({ who }: Fault, client: number): Role | undefined {
    if (who === INDEX) return "index";
    if (who === client) return "own";
    return this.#gets[client]!.owners.includes(who) ? "source" : undefined;
  }
}
