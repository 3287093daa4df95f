/**
 * A client that joins, publishes, searches, asks for files, leaves or vanishes, and comes back.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { SessionRequest } from "../../../lib/peer/session/index_session.ts";
import { SealedSession } from "../../../lib/peer/session/sealed_session.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { SHARE } from "../../support/sealed_as.ts";
import { PORTS } from "../../support/users.ts";
import { anyFile, anyWords } from "./library.ts";
import { SeverableLocation } from "./severable_location.ts";

/** Everybody has joined after so long, in milliseconds. */
const JOINING_MS = 40_000;
/** The pause between two requests, a session and an absence, from the shortest to the longest. */
const THINKING_MS = [1_000, 5_000] as const;
const STAYING_MS = [10_000, 120_000] as const;
const AWAY_MS = [1_000, 10_000] as const;
/** How many files a client publishes: few enough for the catalogue to be as large after a minute as later. */
const FILES = { first: 20, least: 15, most: 25 };
/** So many publications go into one request. */
const AT_ONCE = 5;
/** Lists are not read to their end. */
const MOST_ITEMS = 50;
/** A session that does not end with a farewell, of all. */
const VANISHING = 0.5;

/** What simulated clients tell. */
export interface ClientObserver {
  joined(): void;
  left(how: "left" | "vanished"): void;
  /** @param ms How long one request took that has one answer */
  answered(ms: number): void;
  fault(reason: string): void;
}

/** One user's client. */
export class SimulatedClient {
  readonly #published = new Set<string>();

  constructor(
    private readonly index: Address,
    private readonly user: string,
    private readonly random: () => number,
    private readonly observer: ClientObserver,
  ) {}

  /** Comes and goes until `signal` fires. */
  async live(signal: AbortSignal): Promise<void> {
    await this.#pause([0, JOINING_MS], signal);
    while (!signal.aborted) {
      await this.#visit(signal).catch((error) => this.observer.fault(`session: ${error.message}`));
      await this.#pause(AWAY_MS, signal);
    }
  }

  async #visit(signal: AbortSignal): Promise<void> {
    const location = new SeverableLocation({ index: this.index });
    const session = new SealedSession(location, { share: SHARE, agent: "soak" });
    try {
      await session.logIn(this.user, `pw-${this.user}`, PORTS);
      this.observer.joined();
      await this.#use(session, signal);
      const vanishes = !signal.aborted && this.random() < VANISHING;
      if (vanishes) await location.sever();
      this.observer.left(vanishes ? "vanished" : "left");
    } finally {
      await session.close();
    }
  }

  async #use(session: SealedSession, signal: AbortSignal): Promise<void> {
    const end = performance.now() + this.#between(STAYING_MS);
    while (this.#published.size < FILES.first) await this.#publish(session, AT_ONCE);
    while (!signal.aborted && performance.now() < end) {
      await this.#act(session).catch((error) => this.observer.fault(error.message));
      await this.#pause(THINKING_MS, signal);
    }
  }

  async #act(session: SealedSession): Promise<void> {
    const chance = this.random();
    if (chance < 0.35) await session.ask({ verb: "sch", text: anyWords(this.random) }, MOST_ITEMS);
    else if (chance < 0.65) await this.#ask(session, this.#get(), ["sources", "no source"]);
    else if (chance < 0.75) await session.ask({ verb: "lpf" }, MOST_ITEMS);
    else if (chance < 0.8) await session.ask({ verb: "lap" }, MOST_ITEMS);
    else if (this.#published.size < FILES.least) await this.#publish(session, 1);
    else if (this.#published.size >= FILES.most || chance < 0.9) await this.#withdraw(session);
    else await this.#publish(session, 1);
  }

  #get(): SessionRequest {
    return { verb: "get", name: anyFile(this.random).name };
  }

  async #publish(session: SealedSession, count: number): Promise<void> {
    const files = Array.from({ length: count }, () => anyFile(this.random));
    const [first, ...others] = new Map(files.map((file) => [file.name, file])).values();
    await this.#ask(session, { verb: "pub", ...first!, others }, ["published"]);
    for (const { name } of files) this.#published.add(name);
  }

  async #withdraw(session: SealedSession): Promise<void> {
    const [name] = this.#published;
    await this.#ask(session, { verb: "unp", name: name! }, ["unpublished"]);
    this.#published.delete(name!);
  }

  /** Asks for what has one answer, which is one of `right`. */
  async #ask(
    session: SealedSession,
    request: SessionRequest,
    right: readonly Reply["kind"][],
  ): Promise<void> {
    const began = performance.now();
    const { kind } = await session.ask(request);
    this.observer.answered(performance.now() - began);
    if (!right.includes(kind)) this.observer.fault(`${request.verb}: ${kind}`);
  }

  #between([shortest, longest]: readonly [number, number]): number {
    return shortest + this.random() * (longest - shortest);
  }

  async #pause(range: readonly [number, number], signal: AbortSignal): Promise<void> {
    await delay(this.#between(range), { signal }).catch(() => {});
  }
}
