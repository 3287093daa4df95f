/**
 * A client of a fleet that publishes, withdraws and looks, and remembers all that it was told.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, reasonOf } from "../../lib/errors.ts";
import { IndexLocation } from "../../lib/peer/session/index_location.ts";
import type { SessionRequest } from "../../lib/peer/session/index_session.ts";
import { SealedSession } from "../../lib/peer/session/sealed_session.ts";
import type { Address } from "../../lib/protocol/address.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { SHARE } from "../support/sealed_as.ts";
import { PORTS } from "../support/users.ts";
import { now } from "./clock.ts";
import type { Happening } from "./history.ts";

/** Pause between two questions, from the shortest to the longest, in milliseconds. */
const THINKING_MS = [300, 1_500] as const;
/** The same after something that was in vain: what is measured is not how long somebody thinks. */
const RETRY_MS = [50, 150] as const;
/** How long one of a crowd stays, and is away. */
const STAYING_MS = [2_000, 8_000] as const;
const AWAY_MS = [100, 1_000] as const;
/** Answers that take longer count as an interruption, in milliseconds. */
const NOTICED_MS = 250;
/** Names at once: few enough for one answer. */
const MOST_NAMES = 8;
/** Answers of an index that works, though they are no success. */
const REFUSALS: readonly string[] = ["login_refused", "refused"];

/** Who a client is, and what it does. */
export interface MemberOptions {
  readonly servers: readonly [Address, ...Address[]];
  readonly user: string;
  /** By what it is known in the history: two clients of one user are two. */
  readonly observer: string;
  /** All of whom it looks at what they publish. */
  readonly users: readonly string[];
  readonly random: () => number;
  readonly record: (happening: Happening) => void;
}

/** One client. */
export class SimulatedMember {
  readonly #options: MemberOptions;
  /** What it publishes, as far as it knows. */
  readonly #names = new Set<string>();
  #count = 0;
  /** When it asked what was not answered, first, and why. */
  #trouble: { readonly since: number; readonly reason: string } | undefined;

  constructor(options: MemberOptions) {
    this.#options = options;
  }

  /** Is there all the time, until `signal` fires. */
  async live(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#visit(signal, async (session) => {
        while (!signal.aborted) {
          await this.#act(session);
          await this.#pause(this.#trouble ? RETRY_MS : THINKING_MS, signal);
        }
      });
    }
  }

  /** Comes and goes, and counts sessions, until `signal` fires. */
  async crowd(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#visit(signal, async (session) => {
        await this.#countSessions(session);
        await this.#pause(STAYING_MS, signal);
        await this.#countSessions(session);
      });
      await this.#pause(AWAY_MS, signal);
    }
  }

  async #visit(
    signal: AbortSignal,
    use: (session: SealedSession) => Promise<void>,
  ): Promise<void> {
    const { servers: [index, ...otherServers], user, random } = this.#options;
    const location = new IndexLocation({ index, otherServers, random });
    const session = new SealedSession(location, { share: SHARE, agent: "nemesis" });
    try {
      await this.#watched(() => session.logIn(user, `pw-${user}`, PORTS));
      await use(session);
    } catch (error) {
      if (!(error instanceof BitTrickleError)) throw error;
      await this.#pause(this.#trouble ? RETRY_MS : THINKING_MS, signal);
    } finally {
      await session.close();
    }
  }

  async #act(session: SealedSession): Promise<void> {
    const chance = this.#options.random();
    if (chance < 0.3) await this.#publish(session);
    else if (chance < 0.5) await this.#withdraw(session);
    else if (chance < 0.7) await this.#look(session, this.#options.user);
    else if (chance < 0.97) await this.#look(session, this.#anyUser());
    else await this.#countSessions(session);
  }

  async #publish(session: SealedSession): Promise<void> {
    if (this.#names.size >= MOST_NAMES) return await this.#withdraw(session);
    const name = `${this.#options.user}-${++this.#count}`;
    const details = { size: this.#count, id: "0".repeat(64) };
    await this.#command(session, "pub", name, { verb: "pub", name, details });
    this.#names.add(name);
  }

  async #withdraw(session: SealedSession): Promise<void> {
    const names = [...this.#names];
    // Half of the time the newest one, which may just have been published at another server.
    const name = this.#options.random() < 0.5 ? names.at(-1) : names[0];
    if (name === undefined) return;
    this.#names.delete(name);
    await this.#command(session, "unp", name, { verb: "unp", name });
  }

  async #command(
    session: SealedSession,
    verb: "pub" | "unp",
    name: string,
    request: SessionRequest,
  ): Promise<void> {
    const began = now();
    const about = { type: "command", user: this.#options.user, verb, name, began } as const;
    const reply = await this.#ask(session, request);
    const isDone = reply?.kind === "published" || reply?.kind === "unpublished" ||
      reply?.kind === "not published";
    this.#options.record({ ...about, ended: now(), isDone });
  }

  async #look(session: SealedSession, of: string): Promise<void> {
    const began = now();
    const reply = await this.#ask(session, { verb: "lpf", of });
    if (reply?.kind !== "list") return;
    const { observer } = this.#options;
    this.#options.record({
      ...{ type: "view", observer, of, names: reply.items, began, ended: now() },
    });
  }

  async #countSessions(session: SealedSession): Promise<void> {
    const reply = await this.#ask(session, { verb: "lap", isDetailed: true });
    if (reply?.kind !== "list") return;
    const { observer, record } = this.#options;
    for (const [of, sessions] of Map.groupBy(reply.items, (user) => user)) {
      record({ type: "sessions", observer, of, count: sessions.length, ended: now() });
    }
  }

  /** The answer, if there is one. */
  async #ask(session: SealedSession, request: SessionRequest): Promise<Reply | undefined> {
    try {
      return await this.#watched(() => session.ask(request));
    } catch (error) {
      if (error instanceof BitTrickleError) return undefined;
      throw error;
    }
  }

  /** Remembers how long the client was in vain. */
  async #watched<T>(ask: () => Promise<T>): Promise<T> {
    const began = now();
    try {
      const answer = await ask();
      this.#takeAnswer(began);
      return answer;
    } catch (error) {
      this.#takeFailure(began, error);
      throw error;
    }
  }

  #takeAnswer(began: number): void {
    const { user, observer, record } = this.#options;
    const { since = began, reason = "late" } = this.#trouble ?? {};
    this.#trouble = undefined;
    const ended = now();
    // One of a crowd may not be let in for long.
    if (user !== observer || ended - since < NOTICED_MS) return;
    record({ type: "gap", user, began: since, ended, reason });
  }

  #takeFailure(began: number, error: unknown): void {
    const { user, record } = this.#options;
    const reason = reasonOf(error);
    const isKnown = error instanceof BitTrickleError;
    if (!isKnown) record({ type: "fault", user, reason, ended: now() });
    if (isKnown && REFUSALS.includes(error.code)) this.#trouble = undefined;
    else this.#trouble ??= { since: began, reason };
  }

  #anyUser(): string {
    const { users, random } = this.#options;
    return users[Math.floor(random() * users.length)]!;
  }

  async #pause(
    [shortest, longest]: readonly [number, number],
    signal: AbortSignal,
  ): Promise<void> {
    const ms = shortest + this.#options.random() * (longest - shortest);
    await delay(ms, { signal }).catch(() => {});
  }
}
