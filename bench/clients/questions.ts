/**
 * Who the clients of the benchmark are, and what they ask.
 *
 * @module
 */

import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { nameOfFile } from "../../tests/support/published_files.ts";
import { queriesFor } from "../catalogue/queries.ts";

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

/** The user of client `i`, or of one of others. */
export function clientName(i: number, others = "client"): string {
  return `${others}${i}`;
}

/** The credentials file of these and `others`. */
export function credentialsText(others: readonly string[] = []): string {
  const users = [PUBLISHER, ...Array.from({ length: CLIENTS }, (_, i) => clientName(i)), ...others];
  return users.map((user) => `${user} ${PASSWORD}\n`).join("");
}

/** The requests that are measured. */
export type Measured = "get" | "pub" | "sch" | "lap" | "lpf" | "heartbeat";

/** Names that can be searched for. */
export const CATALOGUE_NAMES = 10_000;

/** Different searches of one user, asked in turn. */
const SEARCHES = 64;

/** The texts of the requests of `user`, as one of the protocols encodes them. */
export class Questions {
  readonly #prepared: Record<"get" | "lap" | "lpf" | "heartbeat", Uint8Array>;
  #searches: readonly Uint8Array[] | undefined;
  #asked = 0;

  constructor(
    readonly user: string,
    readonly encode: (request: SealedRequest) => Uint8Array,
  ) {
    this.#prepared = {
      get: encode({ verb: "get", user, name: FILE }),
      lap: encode({ verb: "lap", user }),
      lpf: encode({ verb: "lpf", user }),
      heartbeat: encode({ verb: "heartbeat", user }),
    };
  }

  /** The next request of this kind; what is published is `name`, or never published again. */
  next(verb: Measured, name?: string): Uint8Array {
    const { user, encode } = this;
    const number = this.#asked++;
    if (verb === "pub") return encode({ verb, user, name: name ?? `${user}-${number}.pdf` });
    if (verb !== "sch") return this.#prepared[verb];
    this.#searches ??= wordsOf(user).map((text) => encode({ verb, user, text }));
    return this.#searches[number % SEARCHES]!;
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
  const seed = Number(/[0-9]+$/.exec(user)?.[0] ?? 0);
  const queries = queriesFor(catalogueNames(SEARCHES * 2), SEARCHES, seed);
  return queries["4 to 8 letters"]!.map(([word]) => word!);
}
