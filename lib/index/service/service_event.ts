/**
 * What the services tell the log.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import type { Reply, Verb } from "../../protocol/messages.ts";

/** That somebody asked for something, or was answered. */
export interface RequestEvent {
  readonly kind: "received" | "answered" | "failed";
  readonly from: Address;
  readonly verb: Verb;
  readonly user: string;
  /** Of a login, the client's program and its version, as it says. */
  readonly agent?: string;
}

/** Something that the log tells. `reason` may hold its sender's text. */
export type ServiceEvent =
  | RequestEvent
  | { readonly kind: "malformed" | "ignored"; readonly from: Address; readonly reason: string };

/** Who causes an event: somebody who is logged in, or anybody who sends a datagram. */
export type EventCause = "session" | "stranger";

/** Hears of every request but heartbeats, and of its answer. */
export type OnEvent = (event: ServiceEvent, cause: EventCause) => void;

const FAILURES: readonly Reply["kind"][] = [
  "error",
  "login failed",
  "already active",
  "too many sessions",
  "not published",
  "no source",
];

/** What the log says of `reply`: whether a request could be done. */
export function outcomeOf(reply: Reply | undefined): "answered" | "failed" {
  return reply && FAILURES.includes(reply.kind) ? "failed" : "answered";
}
