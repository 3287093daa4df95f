/**
 * A client that gets other clients' files all the time.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { sha256Of } from "../support/bytes.ts";
import type { HostedUser } from "../support/namespaced_network.ts";
import type { EndedGet } from "./judge.ts";
import { JsonShell } from "./json_shell.ts";
import type { SharedFile } from "./shared_files.ts";

/** Pause before a failed `get` is tried again, in milliseconds. */
const RETRY_MS = 1_000;
/** Longer than any `get` may take; the judge is stricter. */
const LONGEST_GET_MS = 3_600_000;

/** How the name of a file ends that is not complete. */
export const PART_SUFFIX = ".part";

/** A file whose content is known. */
export interface KnownFile extends SharedFile {
  readonly sha256: string;
}

/** Hears what a client does. */
export interface DownloadObserver {
  begins(client: number, file: SharedFile): void;
  ends(get: EndedGet): void;
}

/** A file that is being got, again if it takes that. */
export interface Fetching {
  readonly file: KnownFile;
  /** Milliseconds of `performance.now()`. */
  readonly since: number;
}

/** Types `get` after `get` to one client, and compares what it got. */
export class Downloader {
  readonly #shell: JsonShell;
  #current: Fetching | undefined;

  constructor(readonly number: number, readonly member: HostedUser) {
    this.#shell = new JsonShell(member.shell);
  }

  /** What is being got. */
  get current(): Fetching | undefined {
    return this.#current;
  }

  /** Publishes `names`, which are in its folder. */
  async publish(names: readonly string[]): Promise<void> {
    const { type, message } = await this.#shell.run(`pub ${names.join(" ")}`, LONGEST_GET_MS);
    if (type === "error") throw new Error(`${this.member.user} cannot publish: ${message}`);
  }

  /** Gets `file` as often as it takes until it is there, unless `stopped`. */
  async fetch(file: KnownFile, observer: DownloadObserver, stopped: AbortSignal): Promise<void> {
    this.#current = { file, since: performance.now() };
    while (!stopped.aborted) {
      observer.begins(this.number, file);
      const get = await this.#get(file);
      observer.ends(get);
      if (get.answer.type === "result") break;
      await delay(RETRY_MS, { signal: stopped }).catch(() => {});
    }
    this.#current = undefined;
  }

  async #get(file: KnownFile): Promise<EndedGet> {
    const began = performance.now();
    const since = Date.now();
    const { name, sha256 } = file;
    const answer = await this.#shell.run(`get ${name}`, LONGEST_GET_MS);
    const ended = performance.now();
    const isRight = answer.type === "result" && await this.#takeCopy(name) === sha256;
    const hadBegun = answer.type === "error" && await this.#partGrew(name, since);
    return { client: this.number, file, began, ended, answer, isRight, hadBegun };
  }

  /** The SHA-256 of the copy, which is removed, so that it can be got again. */
  async #takeCopy(name: string): Promise<string | undefined> {
    const path = `${this.member.folder}/${name}`;
    try {
      const sum = await sha256Of(path);
      await Deno.remove(path);
      return sum;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Whether something of the file called `name` has come since `time`. */
  async #partGrew(name: string, time: number): Promise<boolean> {
    const { folder } = this.member;
    for await (const { name: part } of Deno.readDir(folder)) {
      if (!part.includes(`${name}.`) || !part.endsWith(PART_SUFFIX)) continue;
      const info = await Deno.stat(`${folder}/${part}`).catch(() => undefined);
      if (info && info.size > 0 && Number(info.mtime) >= time) return true;
    }
    return false;
  }
}
