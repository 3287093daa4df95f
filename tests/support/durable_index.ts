/**
 * An index with a data file, in the test's own process, that may be restarted.
 *
 * @module
 */

import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { TempFolder } from "./temp_folder.ts";
import { TestIndex } from "./test_index.ts";

/** Steps in which time passes: a client that is heard in each is active at the end. */
const PASSING = 4;

/** A {@linkcode TestIndex} that keeps what is published across {@linkcode restart}. */
export class DurableIndex implements AsyncDisposable {
  #journal: SqliteJournal;
  #index: TestIndex;

  private constructor(private readonly home: TempFolder) {
    this.#journal = new SqliteJournal(home.pathOf("index.db"));
    this.#index = new TestIndex({ journal: this.#journal });
  }

  /** Starts an index that knows nothing. */
  static async start(): Promise<DurableIndex> {
    const index = new DurableIndex(await TempFolder.make());
    await index.#startWriter();
    return index;
  }

  /** Where the index is, also after a restart. */
  get address(): Address {
    return this.#index.address;
  }

  /** Starts it again, with its data and without any session. */
  async restart(): Promise<void> {
    const { setup, address: { port } } = this.#index;
    await this.#stop();
    this.#journal = new SqliteJournal(this.home.pathOf("index.db"));
    this.#index = new TestIndex({ journal: this.#journal, setup, port });
  }

  /** Lets `ms` milliseconds pass by the clock of the index; `beat` has all be heard who are alive. */
  async pass(ms: number, beat: () => Promise<unknown>): Promise<void> {
    for (let i = 0; i < PASSING; i++) {
      this.#index.clock.offset += ms / PASSING;
      await beat();
    }
  }

  /** Its thread starts with the first commit, which takes seconds where its code is checked first. */
  async #startWriter(): Promise<void> {
    await this.#journal.append({ kind: "withdraw", user: "nobody", name: "nothing" });
  }

  async #stop(): Promise<void> {
    await this.#index[Symbol.asyncDispose]();
    await this.#journal[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.home[Symbol.asyncDispose]();
  }
}
