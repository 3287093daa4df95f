/**
 * Who the clients of the benchmark are, and what they ask.
 *
 * @module
 */

import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { nameOfFile } from "../../tests/support/published_files.ts";
import { seededRandom } from "../../tests/support/seeded.ts";

/** Requests on the way at any time: one from each of as many users. */
export const CLIENTS = 64;

/** Publishes the file that the others ask for. */
export const PUBLISHER = "publisher";

/** What everybody asks for. */
export const FILE = "some-file.txt";

/** Where everybody claims to serve files. */
export const SOURCE_PORT = 40_000;

/** Everybody's. */
export const PASSWORD = "bench-only";

/** The user of client `i`. */
export function clientName(i: number): string {
  return `client${i}`;
}

/** The credentials file of these and `others`. */
export function credentialsText(others: readonly string[] = []): string {
  const users = [PUBLISHER, ...Array.from({ length: CLIENTS }, (_, i) => clientName(i)), ...others];
  return users.map((user) => `${user} ${PASSWORD}\n`).join("");
}

/** The requests that are measured. */
export type Measured = "get" | "pub" | "sch" | "lap" | "heartbeat";

/** Names that can be searched for. */
export const CATALOGUE_NAMES = 10_000;

/** Different searches of one user, asked in turn. */
const SEARCHES = 64;
const WORD = { least: 4, most: 8 };

/** The texts of the requests of `user`, as one of the protocols encodes them. */
export class Questions {
  readonly #user: string;
  readonly #encode: (request: SealedRequest) => Uint8Array;
  readonly #prepared: Record<"get" | "lap" | "heartbeat", Uint8Array>;
  #searches: readonly Uint8Array[] | undefined;
  #asked = 0;

  constructor(user: string, encode: (request: SealedRequest) => Uint8Array) {
    this.#user = user;
    this.#encode = encode;
    this.#prepared = {
      get: encode({ verb: "get", user, name: FILE }),
      lap: encode({ verb: "lap", user }),
      heartbeat: encode({ verb: "heartbeat", user }),
    };
  }

  /** The next request of this kind; what is published is never published again. */
  next(verb: Measured): Uint8Array {
    const number = this.#asked++;
    if (verb === "sch") return this.#search(number % SEARCHES);
    if (verb !== "pub") return this.#prepared[verb];
    return this.#encode({ verb, user: this.#user, name: `${this.#user}-${number}.pdf` });
  }

  #search(number: number): Uint8Array {
    const user = this.#user;
    this.#searches ??= wordsOf(user).map((text) => this.#encode({ verb: "sch", user, text }));
    return this.#searches[number]!;
  }
}

/** Names as people give them, but without what the plain protocol cannot carry. */
export function catalogueNames(count: number = CATALOGUE_NAMES): string[] {
  const names = new Set<string>();
  for (let i = 0; names.size < count; i++) names.add(nameOfFile(i).replace(/[ /]/g, "_"));
  return [...names];
}

/** Parts of names that somebody may have published, the same every time. */
function wordsOf(user: string): string[] {
  const chance = seededRandom(Number(/[0-9]+$/.exec(user)?.[0] ?? 0));
  const names = catalogueNames(SEARCHES * 2);
  return Array.from({ length: SEARCHES }, () => {
    const characters = [...names[Math.floor(chance() * names.length)]!];
    const length = WORD.least + Math.floor(chance() * (WORD.most - WORD.least + 1));
    const start = Math.floor(chance() * Math.max(1, characters.length - length));
    return characters.slice(start, start + length).join("");
  });
}
