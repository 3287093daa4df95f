/**
 * Transfers of real clients, and whether they ever stop.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { reasonOf } from "../../lib/errors.ts";
import { JsonShell } from "../soak/json_shell.ts";
import { sha256Of } from "../support/bytes.ts";
import type { Program } from "../support/program.ts";
import { now } from "./clock.ts";

/** How often it is looked how much is there, in milliseconds. */
const LOOK_MS = 250;
/** Pause before a `get` is tried again that found no index or no source, in milliseconds. */
const RETRY_MS = 500;
/** Longer than any `get` may take, in milliseconds. */
const LONGEST_MS = 3_600_000;
/** Longest that a transfer may stand still on a machine that has much to do, in milliseconds. */
const STILL_MS = 10_000;

/** Gets a file again and again. */
export class Transfers {
  /** What was wrong. */
  readonly faults: string[] = [];
  /** How many have come to their end. */
  count = 0;
  /** The longest that one stood still, in milliseconds. */
  longestStill = 0;
  readonly #shell: JsonShell;
  readonly #path: string;

  /** @param path Where the file comes to be */
  constructor(
    private readonly user: string,
    program: Program,
    path: string,
    private readonly sha256: string,
  ) {
    this.#shell = new JsonShell(program);
    this.#path = path;
  }

  /** Goes on until `signal`; the last one is not waited for. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#getOnce(signal);
      } catch (error) {
        if (!signal.aborted) this.#fault(reasonOf(error));
      }
      await delay(RETRY_MS, { signal }).catch(() => {});
    }
  }

  async #getOnce(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const watching = this.#watch(AbortSignal.any([signal, ended.signal]));
    const name = this.#path.split("/").at(-1);
    const answer = await this.#shell.runUntil(`get ${name}`, LONGEST_MS, signal);
    ended.abort();
    const hadBegun = await watching;
    if (!answer) return;
    if (answer.type === "result") await this.#compare();
    else if (hadBegun) this.#fault(`a transfer failed: ${answer.message}`);
  }

  async #compare(): Promise<void> {
    if (await sha256Of(this.#path) !== this.sha256) this.#fault("the copy differs");
    await Deno.remove(this.#path);
    this.count++;
  }

  /** Looks how long nothing comes, and returns whether anything came. */
  async #watch(signal: AbortSignal): Promise<boolean> {
    let [bytes, since, isTold] = [await this.#bytes(), now(), false];
    const first = bytes;
    while (!signal.aborted) {
      await delay(LOOK_MS, { signal }).catch(() => {});
      const there = await this.#bytes();
      if (there !== bytes || there === first) [bytes, since, isTold] = [there, now(), false];
      const still = now() - since;
      this.longestStill = Math.max(this.longestStill, still);
      if (still <= STILL_MS || isTold) continue;
      isTold = true;
      this.#fault(`a transfer stood still for ${Math.round(still)} ms`);
    }
    return bytes !== first;
  }

  /** How much of the file is on the disk, whatever it is called meanwhile. */
  async #bytes(): Promise<number> {
    const folder = this.#path.slice(0, this.#path.lastIndexOf("/"));
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    const infos = await Promise.all(names.map((name) => {
      return Deno.stat(`${folder}/${name}`).catch(() => undefined);
    }));
    return infos.reduce((sum, info) => sum + (info?.isFile ? (info.blocks ?? 0) * 512 : 0), 0);
  }

  #fault(reason: string): void {
    this.faults.push(`${this.user}: ${reason}`);
  }
}
