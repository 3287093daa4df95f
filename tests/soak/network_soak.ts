/**
 * Clients that get each other's files all the time, whatever happens to their links and to them.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { NamespacedNetwork } from "../support/namespaced_network.ts";
import { seededRandom } from "../support/seeded.ts";
import { type Downloader, type DownloadObserver, PART_SUFFIX } from "./downloader.ts";
import { FaultInjector } from "./fault_injector.ts";
import { FaultLog } from "./fault_log.ts";
import { INDEX, type PlannedFault } from "./fault_plan.ts";
import { type EndedGet, QUIET_MS } from "./judge.ts";
import { RecoveryMeter } from "./recovery.ts";
import { type SharedFile, smallFileOf } from "./shared_files.ts";
import type { SoakClients } from "./soak_clients.ts";
import { SoakResult } from "./soak_result.ts";

/** How often it is looked whether bytes flow, in milliseconds. */
const LOOK_MS = 250;
/** A machine that lets this program wait for so long is no fair judge, in milliseconds. */
const OVERLOAD_MS = 1_500;

/** What happens in a trial. */
export interface SoakPlan {
  /** Decides who gets what. */
  readonly seed: number;
  /** How long there are faults, in milliseconds. */
  readonly ms: number;
  readonly faults: readonly PlannedFault[];
}

/** How a trial is run. */
export interface SoakOptions {
  /** Ends it early. */
  readonly stopped: AbortSignal;
  /** Hears what should not be as soon as it is. */
  readonly tell: (line: string) => void;
}

/** One trial. */
export class NetworkSoak implements DownloadObserver {
  readonly #plan: SoakPlan;
  readonly #clients: SoakClients;
  readonly #stopped: AbortSignal;
  readonly #log = new FaultLog();
  readonly #injector: FaultInjector;
  readonly meter: RecoveryMeter;
  readonly result: SoakResult;
  #isOver = false;

  constructor(
    network: NamespacedNetwork,
    clients: SoakClients,
    plan: SoakPlan,
    { stopped, tell }: SoakOptions,
  ) {
    this.#plan = plan;
    this.#stopped = stopped;
    this.#clients = clients;
    const members = clients.downloaders.map(({ member }) => member);
    this.#injector = new FaultInjector(network, members);
    this.meter = new RecoveryMeter(network, this.#log, members.map(({ host }) => host.port));
    this.result = new SoakResult(this.#log, tell);
  }

  begins(client: number, file: SharedFile): void {
    this.meter.getBegins(client, file);
  }

  ends(get: EndedGet): void {
    if (this.#stopped.aborted) return;
    this.meter.getEnds(get);
    this.result.take(get);
  }

  /** Lets all get files while faults happen, and then without. */
  async run(): Promise<void> {
    using _ = this.#lookAtBytes();
    for (const downloader of this.#clients.downloaders) this.#noteEndOf(downloader);
    await this.#runAll();
    this.#isOver = true;
  }

  async #runAll(): Promise<void> {
    const over = AbortSignal.any([this.#stopped, AbortSignal.timeout(this.#plan.ms)]);
    const working = this.#clients.downloaders.map((each) => this.#getFiles(each, over));
    await Promise.all(this.#plan.faults.map((fault) => this.#inject(fault)));
    await pause(this.#plan.ms, over);
    if (!await this.#endsSoon(working)) return;
    const last = this.#clients.downloaders.map((each) => this.#getFromNeighbour(each));
    if (await this.#endsSoon(last)) await this.#checkParts();
  }

  async #getFiles(downloader: Downloader, over: AbortSignal): Promise<void> {
    const random = seededRandom(this.#plan.seed + downloader.number);
    const { number } = downloader;
    const others = this.#clients.files.filter(({ owners }) => !owners.includes(number));
    while (!over.aborted) {
      await downloader.fetch(others[Math.floor(random() * others.length)]!, this, this.#stopped);
    }
  }

  /** Proves that every client can still be asked, and get what it wants. */
  async #getFromNeighbour(downloader: Downloader): Promise<void> {
    const { downloaders, files } = this.#clients;
    const name = smallFileOf((downloader.number + 1) % downloaders.length);
    await downloader.fetch(files.find((file) => file.name === name)!, this, this.#stopped);
  }

  /** Waits for `all` as long as that may take without faults. Returns whether all are done. */
  async #endsSoon(all: readonly Promise<void>[]): Promise<boolean> {
    const done = new AbortController();
    const late = pause(QUIET_MS, AbortSignal.any([this.#stopped, done.signal]));
    await Promise.race([Promise.all(all), late]);
    done.abort();
    const busy = this.#clients.downloaders.filter(({ current }) => current);
    if (this.#stopped.aborted) return false;
    for (const { number, current } of busy) {
      const { file: { name, owners }, since } = current!;
      this.result.violation(`client ${number} still gets ${name}`, since, [number, ...owners]);
    }
    return busy.length === 0;
  }

  async #inject(fault: PlannedFault): Promise<void> {
    await pause(fault.at, this.#stopped);
    if (this.#stopped.aborted) return;
    const logged = this.#log.begin(fault, performance.now());
    this.meter.faultBegins(fault);
    await this.#injector.begin(fault);
    await pause(fault.lasting, this.#stopped);
    await this.#injector.end(fault);
    logged.ended = performance.now();
    this.meter.faultEnds(logged);
    this.result.faults.add(fault.kind);
  }

  #lookAtBytes(): Disposable {
    let last = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - last > OVERLOAD_MS) this.#noteOverload(last);
      last = performance.now();
      this.meter.look();
    }, LOOK_MS);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  /** Where this program stood still since `began`, all others are likely to have done so too. */
  #noteOverload(began: number): void {
    this.#log.begin({ kind: "overload", who: INDEX }, began).ended = performance.now();
    this.result.faults.add("overload");
  }

  /** No client is to end before the trial does. */
  async #noteEndOf({ number, member: { shell } }: Downloader): Promise<void> {
    const code = await shell.ends();
    if (this.#isOver || this.#stopped.aborted) return;
    const said = `${shell.stderr}${shell.stdout}`.slice(-1_000);
    this.result.violation(`client ${number} ended with ${code}: ${said}`, undefined, [number]);
  }

  async #checkParts(): Promise<void> {
    for (const { number, member } of this.#clients.downloaders) {
      for await (const { name } of Deno.readDir(member.folder)) {
        if (name.endsWith(PART_SUFFIX)) this.result.violation(`client ${number} has left ${name}`);
      }
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, { signal }).catch(() => {});
}
