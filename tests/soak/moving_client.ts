/**
 * A client that publishes, asks and downloads while addresses change, and checks every answer.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import { sha256Of, someBytes } from "../support/bytes.ts";
import type { HostedUser } from "../support/namespaced_network.ts";
import { type Answer, JsonShell } from "./json_shell.ts";
import type { PublishedFile, PublishedModel } from "./published_model.ts";

const KIB = 1_024;
/** Most of what is published is small; the first files take seconds to get, and are got as often. */
const SMALL_BYTES = 16 * KIB;
const LARGE_BYTES = 4 * KIB * KIB;
const LARGE_FILES = 2;
/** Pause between two commands, in milliseconds. */
const PAUSE_MS = 100;
/** How long one command may take, in milliseconds: a download is hit by change after change. */
const LONGEST_MS = { request: 6_000, get: 120_000 } as const;

/** A command that was answered. */
export interface DoneCommand {
  readonly user: string;
  readonly line: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly ended: number;
  /** Of the file that was got. */
  readonly bytes: number;
}

/** Hears what clients do, and what was wrong. */
export interface ClientObserver {
  done(command: DoneCommand): void;
  violation(what: string): void;
}

/** One client, with commands typed to it one after the other. */
export class MovingClient {
  readonly #shell: JsonShell;
  #published = 0;

  constructor(
    readonly member: HostedUser,
    private readonly model: PublishedModel,
    private readonly observer: ClientObserver,
  ) {
    this.#shell = new JsonShell(member.shell);
  }

  /** Publishes the files that take long to get. */
  async publishLarge(): Promise<void> {
    for (let i = 0; i < LARGE_FILES; i++) await this.#publish(LARGE_BYTES);
  }

  /** Does one thing after the other until `over`. `others` are all clients who are there. */
  async work(random: () => number, others: readonly string[], over: AbortSignal): Promise<void> {
    const any = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
    const actions = [
      () => this.#publish(SMALL_BYTES),
      () => this.#search(any(others)),
      () => this.#list(any([this.member.user, ...others])),
      () => this.#lookAround(others),
      () => this.#get(any(this.#filesOf(others, LARGE_BYTES))),
      () => this.#get(any(this.#filesOf(others))),
    ];
    while (!over.aborted) {
      await any(actions)();
      await delay(PAUSE_MS);
    }
  }

  /** Checks at the end that nothing of `users` is lost. */
  async checkAll(users: readonly string[]): Promise<void> {
    for (const user of users) await this.#list(user);
  }

  async #publish(size: number): Promise<void> {
    const { user: owner, folder } = this.member;
    const name = `${owner}.${this.#published++}.bin`;
    const seed = owner.charCodeAt(0) * 10_000 + this.#published;
    await Deno.writeFile(`${folder}/${name}`, someBytes(size, seed));
    const sha256 = await sha256Of(`${folder}/${name}`);
    this.model.begin(name);
    const answer = await this.#run(`pub ${name}`, LONGEST_MS.request);
    if (answer.type === "result") this.model.add({ name, owner, size, sha256 });
  }

  async #search(owner: string): Promise<void> {
    await this.#expect(`sch ${owner}.`, () => this.model.namesOf(owner));
  }

  async #list(owner: string): Promise<void> {
    const line = owner === this.member.user ? "lpf" : `lpf ${owner}`;
    await this.#expect(line, () => this.model.namesOf(owner));
  }

  async #lookAround(others: readonly string[]): Promise<void> {
    await this.#expect("lap", () => others, () => true);
  }

  #filesOf(owners: readonly string[], leastBytes = 0): PublishedFile[] {
    const { files } = this.model;
    return files.filter(({ owner, size }) => owners.includes(owner) && size >= leastBytes);
  }

  async #get({ name, size, sha256 }: PublishedFile): Promise<void> {
    const answer = await this.#run(`get ${name} --force`, LONGEST_MS.get, size);
    if (answer.type !== "result") return;
    const path = `${this.member.folder}/${name}`;
    if (await sha256Of(path) !== sha256) this.#violation(`get ${name}`, "the copy is not right");
    await Deno.remove(path);
  }

  /** Asks for a list in which all of `expected` is. Who is not active may be missed, but not for long. */
  async #expect(
    line: string,
    expected: () => readonly string[],
    mayBeFound = (name: string) => this.model.mayBeFound(name),
  ): Promise<void> {
    const began = performance.now();
    for (;;) {
      const wanted = expected();
      const answer = await this.#run(line, LONGEST_MS.request);
      if (answer.type !== "result") return;
      const fault = faultOf(answer.items ?? [], wanted, mayBeFound);
      if (!fault) return;
      if (performance.now() - began > ACTIVE_MS) return this.#violation(line, fault);
      await delay(PAUSE_MS);
    }
  }

  /** Runs a command that must not fail. */
  async #run(line: string, longestMs: number, bytes = 0): Promise<Answer> {
    const { user } = this.member;
    const began = Date.now();
    try {
      const answer = await this.#shell.run(line, longestMs);
      if (answer.type === "error") this.#violation(line, `${answer.code}: ${answer.message}`);
      else this.observer.done({ user, line, began, ended: Date.now(), bytes });
      return answer;
    } catch (error) {
      this.#violation(line, String(error));
      throw error; // What is typed next could not be told from it.
    }
  }

  #violation(line: string, what: string): void {
    this.observer.violation(`${this.member.user}, ${line}: ${what}`);
  }
}

/** What is wrong with `found`, in which all of `wanted` has to be, and only what may be. */
function faultOf(
  found: readonly string[],
  wanted: readonly string[],
  mayBeFound: (name: string) => boolean,
): string | undefined {
  const names = new Set(found);
  const lost = wanted.filter((name) => !names.has(name));
  if (lost.length > 0) return `${lost.length} are not found: ${lost.slice(0, 3).join(", ")}`;
  const strange = found.find((name) => !mayBeFound(name));
  return strange === undefined ? undefined : `nobody has published ${strange}`;
}
