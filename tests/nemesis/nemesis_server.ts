/**
 * One of several servers of an index, on a host of its own, with a clock that can jump.
 *
 * @module
 */

import { FROM_SOURCE, NOT_CONFIGURED } from "../support/program.ts";
import type { NetworkHost } from "../support/namespaces.ts";
import { waitFor } from "../support/wait_for.ts";
import type { FaultKind } from "./nemesis_plan.ts";
import { Victim } from "./nemesis_victim.ts";

/** Where all servers listen. */
export const SERVER_PORT = 5_000;
/** By how much a clock jumps, in seconds: back, as that is worse. */
const JUMP_SECONDS = -3_600;
const START_MS = 30_000;

/** What all servers of a fleet are started with. */
export interface NemesisServerOptions {
  /** The flags by which it joins its fleet. */
  readonly flags: readonly string[];
  /** A folder for its files. */
  readonly folder: string;
  /** The library that tells it another time, if there is one. */
  readonly fakeTime?: string | undefined;
}

/** One server. */
export class NemesisServer extends Victim {
  readonly #options: NemesisServerOptions;
  protected override readonly env: Readonly<Record<string, string>>;

  constructor(name: string, host: NetworkHost, options: NemesisServerOptions) {
    super(name, host);
    this.#options = options;
    const { fakeTime } = options;
    this.env = {
      ...NOT_CONFIGURED,
      ...fakeTime === undefined ? {} : {
        LD_PRELOAD: fakeTime,
        FAKETIME_TIMESTAMP_FILE: this.#clock,
        FAKETIME_CACHE_DURATION: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      },
    };
  }

  /** Where its log is. */
  get log(): string {
    return `${this.#options.folder}/${this.name}.log`;
  }

  get #clock(): string {
    return `${this.#options.folder}/${this.name}.clock`;
  }

  override start(): void {
    Deno.writeTextFileSync(this.#clock, "+0\n");
    super.start();
  }

  /** Starts it, and waits until it serves. */
  async serve(): Promise<void> {
    this.start();
    const isListening = async () => {
      const text = await Deno.readTextFile(this.log).catch(() => "");
      return text.includes('"listening"');
    };
    await waitFor(`${this.name} to listen`, isListening, START_MS);
  }

  override async begin(kind: FaultKind): Promise<void> {
    if (kind === "clock") await Deno.writeTextFile(this.#clock, `${JUMP_SECONDS}\n`);
    else await super.begin(kind);
  }

  override async end(kind: FaultKind): Promise<void> {
    if (kind === "clock") await Deno.writeTextFile(this.#clock, "+0\n");
    else await super.end(kind);
  }

  protected override command(): readonly string[] {
    return [
      ...FROM_SOURCE.server,
      ...[String(SERVER_PORT), "--host", this.host.address, ...this.#options.flags],
      ...["--log", "json", "--log-file", this.log],
    ];
  }
}
