/**
 * Telling of requests and of their answers, where somebody listens.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import type { Address } from "../../protocol/address.ts";
import type { Reply, Request } from "../../protocol/messages.ts";
import {
  aboutOf,
  type DropReason,
  type EventCause,
  type OnEvent,
  outcomeOf,
  type RequestEvent,
  type ServiceEvent,
  sourcesOf,
} from "./service_event.ts";

/** A request, and where and when it came. */
export interface Asked {
  readonly request: Request;
  readonly from: Address;
  readonly now: number;
  readonly cause: EventCause;
  /** Of a login, the client's program and its version, as it says. */
  readonly agent?: string | undefined;
}

/** What is told at the beginning of a request, and again at its end. */
type Said = Pick<RequestEvent, "from" | "verb" | "user" | "subject" | "others">;

/** Tells `onEvent`, if there is one, what both services do. */
export class Reporter {
  readonly #onEvent: OnEvent | undefined;
  readonly #describe: (user: string) => string;

  /** @param describe How a user is told to people */
  constructor(onEvent: OnEvent | undefined, describe = (user: string) => user) {
    this.#onEvent = onEvent;
    this.#describe = describe;
  }

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#onEvent !== undefined;
  }

  /** Runs what answers a request, and tells of both; of a heartbeat only that it was. */
  about<R extends MaybePromise<Reply> | undefined>(asked: Asked, run: () => R): R {
    if (!this.#onEvent) return run();
    const said = this.#sayOf(asked);
    if (said.verb !== "heartbeat") this.#tellBeginning(said, asked);
    const reply = run();
    if (!(reply instanceof Promise)) this.#tellEnd(said, asked, reply);
    else reply.then((reply) => this.#tellEnd(said, asked, reply), () => {}); // Its caller hears of that.
    return reply;
  }

  /** Tells that a datagram was dropped. */
  drop(from: Address, why: DropReason): undefined {
    this.#onEvent?.({ kind: "dropped", from, why }, "stranger");
  }

  /** Tells that a datagram was not understood, in a line of the log, too. */
  malformed(from: Address, reason: string): undefined {
    this.drop(from, "malformed");
    this.#onEvent?.({ kind: "malformed", from, reason }, "stranger");
  }

  /** Tells of something else. */
  tell(event: ServiceEvent, cause: EventCause): void {
    const named = "user" in event ? { ...event, user: this.#describe(event.user) } : event;
    this.#onEvent?.(named, cause);
  }

  /** What both events of a request say. */
  #sayOf({ request, from }: Asked) {
    const { verb, user } = request;
    return { from, verb, user: this.#describe(user), ...aboutOf(request) };
  }

  #tellBeginning(said: Said, { cause, agent }: Asked): void {
    const told = agent === undefined ? {} : { agent };
    this.#onEvent!({ kind: "received", ...said, ...told }, cause);
  }

  #tellEnd(said: Said, { now, cause }: Asked, reply: Reply | undefined): void {
    const isNew = reply?.kind === "welcome";
    const end = { ...outcomeOf(reply), ...said, ...sourcesOf(reply), since: now };
    this.#onEvent!(end, isNew ? "session" : cause);
  }
}
