/**
 * What an index knows before it is asked, and an index that knows it.
 *
 * @module
 */

import { InMemoryJournal } from "../../lib/index/catalogue/journal.ts";
import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { REQUESTS_PER_SECOND } from "../../lib/protocol/limits.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { publishedFiles } from "../../tests/support/published_files.ts";
import { sealedAs, SHARE } from "../../tests/support/sealed_as.ts";

const NAMES_PER_USER = 100;
const LEAST_USERS = 10;
const SHARED_SHARE = 0.3;

/** Users who are active, of those who publish. */
const ACTIVE = 1_000;
/** Who asks. */
export const USER = "asker";
/** Who publishes more than anybody else. */
export const MOST_PUBLISHED = "user0";
const PORT = 1_024;
const FROM = { hostname: "127.0.0.1", port: PORT };

/** As many different names, as sorted as in a data file, each published by one of many users. */
export function contentsOf(names: number, seed = 1): (CatalogueEvent & { kind: "publish" })[] {
  const users = Math.max(LEAST_USERS, names / NAMES_PER_USER);
  const events = new Map<string, CatalogueEvent & { kind: "publish" }>();
  for (const file of publishedFiles({ users, shared: names * SHARED_SHARE, seed })) {
    if (!events.has(file.name)) events.set(file.name, { kind: "publish", share: SHARE, ...file });
    if (events.size === names) break;
  }
  return [...events.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * An index whose clock goes on with each request, as fast as one session may ask. Its sessions are
 * kept active one by one: no single request pays for all of them.
 */
export class AskedIndex {
  readonly #index: Index;
  readonly #users = [USER, ...Array.from({ length: ACTIVE }, (_, i) => `user${i}`)];
  #now = 0;
  #asked = 0;

  constructor(events: readonly CatalogueEvent[]) {
    const journal = Object.assign(new InMemoryJournal(), { entries: () => events });
    this.#index = new Index(Accounts.parse("nobody logs-in-here"), { journal });
    for (const user of this.#users) this.#admit(user);
  }

  /** Handles a request of {@linkcode USER} and encodes the reply. */
  ask(request: SealedRequest): void {
    this.#now += 1_000 / REQUESTS_PER_SECOND;
    this.#admit(this.#users[this.#asked++ % this.#users.length]!);
    const reply = this.#index.serve(request, this.#index.sealedSession(USER)!, this.#now) as Reply;
    if (reply.kind === "error") throw new Error(`${request.verb}: ${reply.reason}`);
    encodeSealedReply(reply);
  }

  #admit(user: string): void {
    this.#index.admission.admit(user, FROM, PORT, this.#now, sealedAs(user));
  }
}
