/**
 * What the services tell of what happens: the log and the metrics listen.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import { formatContent } from "../../protocol/content.ts";
import type { Reply, Request, Verb } from "../../protocol/messages.ts";

/** That somebody asked for something. Texts are the sender's. */
export interface RequestEvent {
  readonly kind: "received";
  readonly from: Address;
  readonly verb: Verb;
  readonly user: string;
  /** What is asked for: a name, an id, the words of a search. */
  readonly subject?: string;
  /** Of a `pub`, the names that come with the first. */
  readonly others?: readonly string[];
  /** Of a login, the client's program and its version, as it says. */
  readonly agent?: string;
}

/** That somebody was answered. */
export interface ReplyEvent {
  readonly kind: "answered" | "failed";
  readonly from: Address;
  readonly verb: Verb;
  readonly user: string;
  readonly subject?: string;
  readonly others?: readonly string[];
  /** Of a `get`, the users from whom it may now be fetched. */
  readonly sources?: readonly string[];
  /** In the meanings of HTTP's status codes (RFC 9110 section 15). */
  readonly code: number;
  /** Why it failed. */
  readonly reason?: string;
  /** When the request came, in milliseconds of the clock of those who asked the service. */
  readonly since: number;
}

/** Why a datagram is not run as a request; one that is repeated gets the answer that it had. */
export type DropReason =
  | "malformed"
  | "plain off this machine"
  | "unknown session"
  | "not authentic"
  | "repeated"
  | "login expired"
  | "wrong proof"
  | "too many logins"
  | "queue full";

/** That a datagram was not run. */
export interface DropEvent {
  readonly kind: "dropped";
  readonly from: Address;
  readonly why: DropReason;
}

/** That nobody proved a password after a challenge: it was wrong, or the client has gone. */
export interface UnprovenEvent {
  readonly kind: "unproven";
  readonly from: Address;
  readonly user: string;
}

/** Something that happened. `reason` may hold its sender's text. */
export type ServiceEvent =
  | RequestEvent
  | ReplyEvent
  | DropEvent
  | UnprovenEvent
  | { readonly kind: "malformed" | "ignored"; readonly from: Address; readonly reason: string };

/** Who causes an event: somebody who is logged in, or anybody who sends a datagram. */
export type EventCause = "session" | "stranger";

/** Hears of every request, heartbeats among them, of its answer, and of what gets none. */
export type OnEvent = (event: ServiceEvent, cause: EventCause) => void;

/** The subject of a `move` to be elsewhere as well, which clients send again and again. */
export const ALSO = "also";

/** What `request` is about, as events tell it. */
export function aboutOf(request: Request): Pick<RequestEvent, "subject" | "others"> {
  const subject = subjectOf(request);
  if (subject === undefined) return {};
  if (request.verb !== "pub" || !request.others?.length) return { subject };
  return { subject, others: request.others.map(({ name }) => name) };
}

/** From whom `reply` lets somebody fetch. */
export function sourcesOf(reply: Reply | undefined): Pick<ReplyEvent, "sources"> {
  if (reply?.kind !== "sources") return {};
  const users = reply.sources.flatMap(({ file }) => file ? [file.user] : []);
  return { sources: [...new Set(users)] };
}

function subjectOf(request: Request): string | undefined {
  switch (request.verb) {
    case "pub":
    case "unp":
    case "get":
      return request.name;
    case "sch":
      return request.text;
    case "lpf":
      return request.of;
    case "have":
    case "lack":
    case "progress":
      return formatContent(request.content);
    case "move":
      return request.isAlso ? ALSO : undefined;
  }
}

/** How a request ended. */
export type Outcome = Pick<ReplyEvent, "kind" | "code" | "reason">;

const DONE: Outcome = { kind: "answered", code: 200 };
const OTHERS: Partial<Record<Reply["kind"], Outcome>> = {
  "same": { kind: "answered", code: 304 },
  "moved": { kind: "answered", code: 425 },
  "login failed": { kind: "failed", code: 401, reason: "wrong user or password" },
  "already active": { kind: "failed", code: 409, reason: "the user is active elsewhere" },
  "too many sessions": { kind: "failed", code: 409, reason: "the user has too many sessions" },
  "not published": { kind: "failed", code: 404, reason: "not published" },
  "no source": { kind: "failed", code: 404, reason: "nobody serves it" },
};

/** How the request ended that `reply` answers; a heartbeat has none. */
export function outcomeOf(reply: Reply | undefined): Outcome {
  if (reply?.kind === "error") {
    return { kind: "failed", code: reply.code ?? 400, reason: reply.reason };
  }
  return reply && OTHERS[reply.kind] || DONE;
}
