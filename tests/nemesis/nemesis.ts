/**
 * A fleet with clients, what happens to it, and what the clients say of that.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { fromFileUrl } from "@std/path";
import { Child } from "../../bench/child.ts";
import { sha256Of } from "../support/bytes.ts";
import { writeBigFile } from "../support/big_file.ts";
import { FROM_SOURCE, type Program } from "../support/program.ts";
import { seededRandom } from "../support/seeded.ts";
import { now } from "./clock.ts";
import type { Happening, View } from "./history.ts";
import { violationsIn } from "./history_checker.ts";
import { CROWD, memberUser } from "./members_process.ts";
import { NemesisFleet, NODES, SERVERS } from "./nemesis_fleet.ts";
import { type Chosen, type FaultKind, planFaults, type PlannedFault } from "./nemesis_plan.ts";
import { Transfers } from "./transfers.ts";

/** Processes of simulated clients, each on a host of its own. */
const PROCESSES = 4;
/** Clients of one user who may have eight, in each process. */
const CROWD_EACH = 3;
const REAL_USERS = ["hans", "vader", "yoda"] as const;
const JUDGE = "judge";
/** How fast a real client serves, and how large its file is: some seconds of each transfer. */
const SPEED = "2M";
const FILE_MIB = 32;
/** How long it takes until all are there, and until all is quiet, in milliseconds. */
const SETTLING_MS = 5_000;
const POLL_MS = 2_000;

/** How a trial is set up. */
export interface NemesisOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Simulated clients. */
  readonly members: number;
  readonly hasDisks: boolean;
  readonly fakeTime?: string | undefined;
  /** The one kind of fault that happens. @default all */
  readonly only?: Chosen | undefined;
}

/** A fault that happened. */
export interface HappenedFault extends PlannedFault {
  readonly began: number;
  readonly ended: number;
}

/** One trial. */
export class Nemesis implements AsyncDisposable {
  readonly happenings: Happening[] = [];
  readonly faults: HappenedFault[] = [];
  transfers: readonly Transfers[] = [];
  violations: readonly string[] = [];
  readonly #options: NemesisOptions;
  readonly #resources = new AsyncDisposableStack();
  #fleet!: NemesisFleet;
  #members: readonly Child[] = [];

  private constructor(options: NemesisOptions) {
    this.#options = options;
  }

  /** Starts all. */
  static async start(options: NemesisOptions): Promise<Nemesis> {
    const nemesis = new Nemesis(options);
    try {
      await nemesis.#start();
      return nemesis;
    } catch (error) {
      await nemesis[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs to the end, and tells each fault. */
  async run(tell: (line: string) => void): Promise<void> {
    const stopping = new AbortController();
    const collecting = this.#collect(stopping.signal);
    const transferring = this.transfers.map((it) => it.run(stopping.signal));
    await delay(SETTLING_MS);
    await this.#hurt(tell);
    await delay(SETTLING_MS);
    stopping.abort();
    await Promise.all([collecting, ...transferring]);
    const rest = await Promise.all(this.#members.map((it) => it.ask<Happening[]>("leave")));
    this.happenings.push(...rest.flat());
    this.violations = [
      ...violationsIn(this.happenings, await this.#endState()),
      ...this.transfers.flatMap(({ faults }) => faults),
    ];
  }

  /** Keeps what the servers have logged in the folder `path`. */
  async keepLogs(path: string): Promise<void> {
    await Deno.mkdir(path, { recursive: true });
    for (const { name, log } of this.#fleet.servers) {
      await Deno.copyFile(log, `${path}/${name}.log`);
    }
    await Deno.writeTextFile(`${path}/history.json`, JSON.stringify(this.happenings));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }

  get #users(): string[] {
    return Array.from({ length: this.#options.members }, (_, i) => memberUser(i));
  }

  async #start(): Promise<void> {
    const users = [...this.#users, CROWD, JUDGE, ...REAL_USERS];
    this.#fleet = this.#resources.use(await NemesisFleet.start({ ...this.#options, users }));
    const members: Child[] = [];
    for (let i = 0; i < PROCESSES; i++) members.push(await this.#startMembers(i));
    this.#members = members;
    await this.#startTransfers();
  }

  async #startMembers(process: number): Promise<Child> {
    const { members, seed } = this.#options;
    const first = Math.floor(process * members / PROCESSES);
    const count = Math.floor((process + 1) * members / PROCESSES) - first;
    const numbers = [first, count, members, CROWD_EACH, seed];
    const host = await this.#fleet.namespaces.addHost();
    const script = pathOf("members_process.ts");
    const [name, ...args] = host.command([
      ...[Deno.execPath(), "run", "--quiet", "-A", `--config=${pathOf("../../deno.json")}`],
      ...[script, this.#fleet.addresses(), ...numbers.map(String)],
    ]);
    const pipes = { stdin: "piped", stdout: "piped" } as const;
    const child = new Deno.Command(name!, { args, ...pipes }).spawn();
    return this.#resources.use(new Child(`members ${process}`, child));
  }

  async #startTransfers(): Promise<void> {
    const [source, ...getters] = REAL_USERS;
    const folder = await this.#fleet.folder.makeFolder(source);
    await writeBigFile(`${folder}/big`, FILE_MIB);
    const sha256 = await sha256Of(`${folder}/big`);
    const hans = await this.#startShell(source, "--limit-up", SPEED);
    await hans.ask("pub big", '"result"');
    this.transfers = await Promise.all(getters.map(async (user) => {
      await this.#fleet.folder.makeFolder(user);
      const shell = await this.#startShell(user, "--limit-up", "32k");
      return new Transfers(user, shell, this.#fleet.folder.pathOf(`${user}/big`), sha256);
    }));
  }

  async #startShell(user: string, ...flags: readonly string[]): Promise<Program> {
    const { folder, namespaces } = this.#fleet;
    const cwd = folder.pathOf(user);
    const words = [this.#fleet.addresses(), "--user", user, "--json", ...flags];
    const env = { BITTRICKLE_PASSWORD: `pw-${user}`, XDG_STATE_HOME: `${cwd}.state` };
    const host = await namespaces.addHost();
    const shell = this.#fleet.run(host, [...FROM_SOURCE.client, ...words], env, cwd);
    await shell.ask("lap", '"lap"').catch((error) => {
      throw new Error(`${user} is not let in: ${shell.stderr}`, { cause: error });
    });
    return shell;
  }

  async #collect(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(POLL_MS, { signal }).catch(() => {});
      const taken = await Promise.all(this.#members.map((it) => it.ask<Happening[]>("sample")));
      this.happenings.push(...taken.flat());
    }
  }

  async #hurt(tell: (line: string) => void): Promise<void> {
    const { seed, seconds, hasDisks, fakeTime, only } = this.#options;
    const without: FaultKind[] = [...hasDisks ? [] : ["disk"] as const];
    if (fakeTime === undefined) without.push("clock");
    const plan = planFaults(seededRandom(seed), {
      ...{ ms: seconds * 1_000, nodes: NODES, servers: SERVERS, without, only },
    });
    const start = now();
    await Promise.all(plan.map((fault) => this.#happen(fault, start, tell)));
    await delay(Math.max(0, start + seconds * 1_000 - now()));
  }

  async #happen(
    fault: PlannedFault,
    start: number,
    tell: (line: string) => void,
  ): Promise<void> {
    const victim = this.#fleet.victim(fault);
    await delay(fault.at);
    const began = now();
    const at = ((began - start) / 1_000).toFixed(1);
    tell(`${at} s: ${victim.name}, ${fault.kind} for ${(fault.lasting / 1_000).toFixed(1)} s`);
    await victim.begin(fault.kind);
    await delay(fault.lasting);
    await victim.end(fault.kind);
    this.faults.push({ ...fault, began, ended: now() });
  }

  /** What each server says. */
  async #endState(): Promise<View[]> {
    const host = await this.#fleet.namespaces.addHost();
    const views = await Promise.all(this.#fleet.servers.map(async (_, i) => {
      const program = this.#fleet.run(host, [
        ...[Deno.execPath(), "run", "--quiet", "-A", `--config=${pathOf("../../deno.json")}`],
        ...[pathOf("judge_process.ts"), this.#fleet.addresses(i), JUDGE, this.#users.join(",")],
      ]);
      const { code, stdout, stderr } = await program.finish();
      if (code !== 0) throw new Error(`The server ${i} does not answer: ${stderr}`);
      return JSON.parse(stdout) as View[];
    }));
    return views.flat();
  }
}

function pathOf(file: string): string {
  return fromFileUrl(new URL(file, import.meta.url));
}
