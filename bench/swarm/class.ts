/**
 * One source and many who download its file, each a process with a line of its own.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { MIB, writeBigFile } from "../../tests/support/big_file.ts";
import type { ShellUser } from "../../tests/support/clients.ts";
import { RelayedNetwork } from "../../tests/support/relayed_network.ts";

const SOURCE = "source";
const NAME = "big";
const DONE = `${NAME} downloaded successfully\n`;
/** How long a download may take, in milliseconds. */
const LONGEST_MS = 180_000;
const SAMPLE_MS = 250;

/** How many pieces each downloader has, at a time in seconds. */
export interface Sample {
  readonly seconds: number;
  readonly pieces: readonly number[];
}

/** What came of one time. */
export interface Outcome {
  /** For each downloader that was not killed. */
  readonly seconds: readonly number[];
  /** What the source sent, in bytes. */
  readonly sent: number;
  readonly samples: readonly Sample[];
}

/** Does something to a class while it downloads. */
export type Disturbance = (members: Class, sample: Sample) => void;

/** A source, an index and downloaders. */
export class Class implements AsyncDisposable {
  readonly #network: RelayedNetwork;
  readonly #source: ShellUser;
  readonly #downloaders: readonly ShellUser[];
  readonly #killed = new Set<ShellUser>();
  readonly size: number;
  #sentBefore = 0;

  private constructor(
    network: RelayedNetwork,
    source: ShellUser,
    downloaders: readonly ShellUser[],
    size: number,
  ) {
    this.#network = network;
    this.#source = source;
    this.#downloaders = downloaders;
    this.size = size;
  }

  /**
   * Starts `count` downloaders, and a source that publishes `mebibytes`.
   *
   * @param rate What each line carries each way, as `--limit-up` takes it
   */
  static async start(count: number, mebibytes: number, rate: string): Promise<Class> {
    const limits = ["--limit-up", rate, "--limit-down", rate];
    const names = Array.from({ length: count }, (_, i) => `pupil${i}`);
    const users = [SOURCE, ...names];
    const network = await RelayedNetwork.start({ users, relayed: [SOURCE] });
    const source = await network.join(SOURCE, limits);
    await writeBigFile(`${source.folder}/${NAME}`, mebibytes);
    await source.shell.ask(`pub ${NAME}`, "File published successfully\n");
    const downloaders: ShellUser[] = [];
    for (const name of names) downloaders.push(await network.join(name, limits));
    return new Class(network, source, downloaders, mebibytes * MIB);
  }

  /** What the source has sent this time, in bytes. */
  get sent(): number {
    return this.#network.sentBy(SOURCE) - this.#sentBefore;
  }

  /** Has `count` of them download the file, and remove it again. */
  async download(count: number, disturb: Disturbance = () => {}): Promise<Outcome> {
    this.#sentBefore = this.#network.sentBy(SOURCE);
    const taking = this.#downloaders.slice(0, count);
    const began = performance.now();
    const samples: Sample[] = [];
    const ending = Promise.all(taking.map((one) => this.#downloadOne(one, began)));
    let isOver = false;
    ending.catch(() => {}).finally(() => isOver = true);
    while (!isOver) {
      const sample = await this.#sample(taking, (performance.now() - began) / 1_000);
      samples.push(sample);
      disturb(this, sample);
      await delay(SAMPLE_MS);
    }
    const seconds = (await ending).filter((one) => one !== undefined);
    const { sent } = this;
    for (const { folder } of taking) await Deno.remove(`${folder}/${NAME}`).catch(() => {});
    return { seconds, sent, samples };
  }

  /** Kills the source, if it runs. */
  killSource(): void {
    this.#kill(this.#source);
  }

  /** Kills those of the first `count` downloaders that run. */
  killDownloaders(count: number): void {
    for (const one of this.#downloaders.slice(0, count)) this.#kill(one);
  }

  #kill(one: ShellUser): void {
    if (this.#killed.has(one)) return;
    this.#killed.add(one);
    one.shell.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#network[Symbol.asyncDispose]();
  }

  async #downloadOne(one: ShellUser, began: number): Promise<number | undefined> {
    await one.shell.type(`get ${NAME}`);
    const ending = one.shell.shows(DONE, LONGEST_MS);
    const killed = one.shell.ends().then(() => this.#killed.has(one));
    if (await Promise.race([ending, killed]) === true) {
      ending.catch(() => {});
      return undefined;
    }
    return (performance.now() - began) / 1_000;
  }

  async #sample(taking: readonly ShellUser[], seconds: number): Promise<Sample> {
    return { seconds, pieces: await Promise.all(taking.map(({ folder }) => piecesIn(folder))) };
  }
}

/** How many pieces have been written: what of the file takes room on the disk. */
async function piecesIn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name } of Deno.readDir(folder)) {
    const status = await Deno.stat(`${folder}/${name}`).catch(() => undefined);
    if (name === NAME || name.endsWith(".part")) bytes += (status?.blocks ?? 0) * 512;
  }
  return Math.floor(bytes / MIB);
}
