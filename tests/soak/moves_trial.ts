/**
 * Clients that publish, ask and download while their addresses change.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import type { HostedUser, NamespacedNetwork } from "../support/namespaced_network.ts";
import { seededRandom } from "../support/seeded.ts";
import type { PlannedChange } from "./address_changes.ts";
import { type DoneChange, IndexLog, type Moved } from "./index_log.ts";
import { JsonShell } from "./json_shell.ts";
import { LapWatcher } from "./lap_watcher.ts";
import { type ClientObserver, type DoneCommand, MovingClient } from "./moving_client.ts";
import { PublishedModel } from "./published_model.ts";

/** How long anybody may be missed, in milliseconds. */
export const LONGEST_ABSENCE_MS = ACTIVE_MS;
/** How long nothing changes at the end, in milliseconds: a heartbeat follows the last change. */
const CALM_MS = 4_000;

/** Who takes part in a trial. */
export interface MovesCast {
  /** Types `lap`, and stays where it is. */
  readonly watcher: HostedUser;
  readonly busy: readonly HostedUser[];
  /** Do nothing but be there. */
  readonly idle: readonly HostedUser[];
}

/** One trial. */
export class MovesTrial implements ClientObserver {
  readonly #network: NamespacedNetwork;
  readonly #cast: MovesCast;
  readonly #clients: readonly MovingClient[];
  readonly #model = new PublishedModel();
  readonly watcher: LapWatcher;
  readonly violations: string[] = [];
  readonly commands: DoneCommand[] = [];
  readonly changes: DoneChange[] = [];

  constructor(network: NamespacedNetwork, cast: MovesCast) {
    this.#network = network;
    this.#cast = cast;
    this.#clients = cast.busy.map((member) => new MovingClient(member, this.#model, this));
    this.watcher = new LapWatcher(new JsonShell(cast.watcher.shell), this.#movers());
  }

  done(command: DoneCommand): void {
    this.commands.push(command);
  }

  violation(what: string): void {
    this.violations.push(`${new Date().toISOString()} ${what}`);
  }

  /** What the index has seen. */
  get log(): IndexLog {
    return new IndexLog(this.#network.server.stdout);
  }

  /** How long each session took to come after its client. */
  get moved(): Moved[] {
    return this.log.movesAfter(this.changes);
  }

  /** Lets `planned` happen while all are at work, which `seed` decides. */
  async run(planned: readonly PlannedChange[], seed: number): Promise<void> {
    for (const client of this.#clients) await client.publishLarge();
    const over = new AbortController();
    const watching = this.watcher.watch(over.signal);
    const working = this.#clients.map((client, i) => this.#work(client, seed + i, over.signal));
    const all = Promise.all([watching, ...working]);
    try {
      await Promise.race([this.#change(planned), all]);
      over.abort();
      await all;
      for (const client of this.#clients) await client.checkAll(this.#publishers());
    } catch (error) {
      this.violation(String(error));
      over.abort();
      await Promise.allSettled([watching, ...working]);
    }
    this.#check();
  }

  #movers(): string[] {
    const { busy, idle } = this.#cast;
    return [...busy, ...idle].map(({ user }) => user);
  }

  #publishers(): string[] {
    return this.#cast.busy.map(({ user }) => user);
  }

  async #work(client: MovingClient, seed: number, over: AbortSignal): Promise<void> {
    const others = this.#publishers().filter((user) => user !== client.member.user);
    await client.work(seededRandom(seed), others, over);
  }

  async #change(planned: readonly PlannedChange[]): Promise<void> {
    for (const { change, afterMs } of planned) {
      await delay(afterMs);
      this.changes.push({ change, at: Date.now() });
      await change.act();
    }
    await delay(CALM_MS);
  }

  #check(): void {
    for (const [user, ms] of this.watcher.absences) {
      if (ms > LONGEST_ABSENCE_MS) this.violation(`${user} was missed for ${Math.round(ms)} ms`);
    }
    for (const { user, shell } of [...this.#cast.busy, ...this.#cast.idle, this.#cast.watcher]) {
      const logins = this.log.loginsOf(user);
      if (logins !== 1) this.violation(`${user} logged in ${logins} times`);
      const news = shell.stdout.split("\n").filter((line) => line.includes(`"type":"news"`));
      for (const line of news) this.violation(`${user} was told: ${line}`);
    }
    for (const { user, kind, ms, wasOvertaken } of this.moved) {
      if (ms === undefined && !wasOvertaken) this.violation(`${user} has not moved: ${kind}`);
    }
  }
}
