/**
 * A share of an index in memory, and a client that publishes into it.
 *
 * @module
 */

import { KeyedMutex } from "../../lib/async/keyed_mutex.ts";
import type { SessionRequest } from "../../lib/peer/session/index_session.ts";
import { FileMemory } from "../../lib/peer/share/file_memory.ts";
import { makeLooks } from "../../lib/peer/share/looks.ts";
import { PublishedFiles } from "../../lib/peer/share/published_files.ts";
import { Publisher } from "../../lib/peer/share/publisher.ts";
import type { Suspect } from "../../lib/peer/share/refresh_queue.ts";
import { Republisher } from "../../lib/peer/share/republisher.ts";
import { SharedFolder } from "../../lib/peer/share/shared_folder.ts";
import { Withdrawals } from "../../lib/peer/share/withdrawals.ts";
import { bucketOf, formatBucket, ShareSums } from "../../lib/protocol/digest.ts";
import type { FileDetails, Reply } from "../../lib/protocol/messages.ts";
import { HASHER } from "./hashed.ts";
import { TempFolder } from "./temp_folder.ts";

/** An index that has a share, and is asked by one client of it. */
export class TestShare implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly suspects: Suspect[] = [];
  /** What the index has. */
  readonly listed = new Map<string, FileDetails | undefined>();
  readonly files: PublishedFiles;
  readonly publisher: Publisher;
  readonly republisher: Republisher;
  readonly withdrawals: Withdrawals;
  readonly session = { catalogue: "first", ask: (request: SessionRequest) => this.ask(request) };
  #withdrawn = 0;
  readonly #memory = FileMemory.inMemory();
  readonly #looks = makeLooks();

  private constructor(readonly folder: TempFolder) {
    this.files = this.another();
    const turns = new KeyedMutex<string>();
    const { files, session } = this;
    const looks = this.#looks;
    const ask = (request: SessionRequest) => this.ask(request);
    const setting = { ask, files, share: "ab".repeat(8), isSealed: true, turns, looks };
    this.publisher = new Publisher(setting);
    this.withdrawals = new Withdrawals({ ...setting, session });
    const { withdrawals } = this;
    const onSuspect = (suspect: Suspect) => void this.suspects.push(suspect);
    this.republisher = new Republisher({ ...setting, session, withdrawals, onSuspect });
  }

  /** With the files `names` in the folder, published. */
  static async of(...names: string[]): Promise<TestShare> {
    const share = new TestShare(await TempFolder.make());
    share.files.enterCatalogue(share.session.catalogue);
    for (const name of names) {
      await share.folder.write(name, name);
      await share.publisher.pub(name);
    }
    await share.republisher.restore();
    share.asked.length = 0;
    return share;
  }

  /** Another device of the user withdraws the file `name` everywhere. */
  withdrawElsewhere(name: string): void {
    this.listed.delete(name);
    this.#withdrawn++;
  }

  /** What another client of the folder sees. */
  another(): PublishedFiles {
    const files = new PublishedFiles(new SharedFolder(this.folder.path), this.#memory, HASHER);
    files.enter("here");
    return files;
  }

  /** The names that are published. */
  get published(): string[] {
    return [...this.files.pages()].flat().map(({ name }) => name);
  }

  ask = (request: SessionRequest): Promise<Reply> => {
    this.asked.push("name" in request ? `${request.verb} ${request.name}` : request.verb);
    return Promise.resolve(this.#answer(request));
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#looks[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
    await this.folder[Symbol.asyncDispose]();
  }

  #answer(request: SessionRequest): Reply {
    switch (request.verb) {
      case "pub":
        this.listed.set(request.name, request.details);
        for (const { name, details } of request.others ?? []) this.listed.set(name, details);
        return { kind: "published" };
      case "unp":
        this.listed.delete(request.name);
        return { kind: "unpublished" };
      case "heartbeat":
        this.withdrawals.hear(this.#withdrawn);
        return { kind: "done" };
      case "share":
        return this.#differences(request.digest);
      default: {
        const items = [...this.listed.keys()].sort();
        const details = items.map((name) => this.listed.get(name));
        return { kind: "list", of: "files published", items, details, more: 0 };
      }
    }
  }

  #differences(digest: string): Reply {
    const sums = new ShareSums();
    for (const [name, details] of this.listed) sums.change(name, details, 1);
    if (sums.digest() === digest) return { kind: "same" };
    const buckets = [...new Set([...this.listed.keys()].map(bucketOf))].sort((a, b) => a - b);
    const digests = buckets.map((bucket) => sums.of(bucket)!);
    return { kind: "list", of: "buckets", items: buckets.map(formatBucket), digests, more: 0 };
  }
}
