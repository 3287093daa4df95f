/**
 * What the server's log says, as text and as JSON.
 *
 * @module
 */

import type { AccountChange } from "../../index/login/account_changes.ts";
import {
  ALSO,
  type DropEvent,
  type RequestEvent,
  type ServiceEvent,
} from "../../index/service/service_event.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";
import type { Announcement } from "../../protocol/announcement.ts";
import { toJsonLine } from "../../protocol/escape.ts";
import type { Verb } from "../../protocol/messages.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import type { LeftOut, LineCause } from "./log_budget.ts";
import type { LogLines } from "./log_lines.ts";

/** What the services tell that has a line in the log. */
type LoggedEvent = Exclude<ServiceEvent, DropEvent>;

/** What an administrator has done on the status page, or somebody has tried. */
export interface AdminAction {
  readonly action:
    | "login"
    | "login failed"
    | "logout"
    | "invite"
    | "revoke"
    | "disable"
    | "enable"
    | "remove";
  /** Where from. */
  readonly from: Address;
  /** Whom it is about. */
  readonly user?: string;
}

/** Everything that the server's log tells. */
export type LogEvent =
  | LoggedEvent
  | { readonly kind: "accounts"; readonly from: Address; readonly users: number }
  | { readonly kind: "page"; readonly from: Address; readonly url: string }
  | { readonly kind: "administered" } & AdminAction
  | {
    readonly kind: "listening";
    readonly from: Address;
    readonly users: number;
    /** Whether nobody on another machine can reach the server by any of its addresses. */
    readonly isLocal: boolean;
  }
  | { readonly kind: "saved" | "stopping" | "joined" | "heard"; readonly from: Address }
  | { readonly kind: "account"; readonly from: Address } & AccountChange
  | { readonly kind: "announced"; readonly from: Address } & Announcement
  | { readonly kind: "left out" } & LeftOut
  | { readonly kind: "unwritten"; readonly from: Address; readonly lines: number }
  | {
    readonly kind: "unexpected" | "unsaved" | "cut off" | "unheard";
    readonly from: Address;
    readonly reason: string;
  };

const UNLOGGED: ReadonlySet<Verb> = new Set<Verb>(["heartbeat", "progress"]);

/** Whether the log tells of `event`: it has no line of datagrams that are dropped, and of what comes by itself. */
export function isLogged(event: ServiceEvent): event is LoggedEvent {
  if (event.kind === "dropped") return false;
  return !("verb" in event) || !(UNLOGGED.has(event.verb) || isRenewal(event));
}

/** Whether it is about a proof of a second address, which clients repeat. */
function isRenewal({ verb, subject }: Pick<RequestEvent, "verb" | "subject">): boolean {
  return verb === "move" && subject === ALSO;
}

/**
 * Adds a line as `2026-10-09 13:20:40.123: 57820: Received PUB from hans`, in local time. Returns
 * whether it fitted.
 *
 * @param time Milliseconds since the epoch
 */
export function putText(lines: LogLines, event: LogEvent, time: number): boolean {
  lines.putBytes(localTime.of(time)).put(String(event.from.port)).put(": ");
  return putWhatHappened(lines, event).endLine();
}

/** Adds the same as one JSON object, with the time in UTC. */
export function putJson(lines: LogLines, event: LogEvent, time: number): boolean {
  const { kind, from, ...details } = withoutClock(event);
  const { hostname: host, port } = from;
  const utc = new Date(time).toISOString();
  return lines.put(toJsonLine({ time: utc, event: kind, host, port, ...details })).endLine();
}

/** The server's own clock tells others nothing. */
function withoutClock(event: LogEvent): LogEvent {
  if (!("since" in event)) return event;
  const { since: _, ...rest } = event;
  return rest as LogEvent;
}

/** What is said of every request, ready to be copied. */
const RECEIVED: Readonly<Record<Verb, Uint8Array>> = {
  login: received("login"),
  heartbeat: received("heartbeat"),
  bye: received("bye"),
  move: received("move"),
  ca: received("ca"),
  cert: received("cert"),
  lap: received("lap"),
  lpf: received("lpf"),
  pub: received("pub"),
  unp: received("unp"),
  get: received("get"),
  have: received("have"),
  lack: received("lack"),
  progress: received("progress"),
  sch: received("sch"),
  passwd: received("passwd"),
  share: received("share"),
};
const CAUSES: Readonly<Record<LineCause, string>> = {
  session: "sessions",
  stranger: "strangers",
  server: "the server",
  operator: "the operator",
};
const SENT = { ok: encodeUtf8("Sent OK to "), error: encodeUtf8("Sent ERR to ") };

function received(verb: Verb): Uint8Array {
  return encodeUtf8(`Received ${verb.toUpperCase()} from `);
}

function putWhatHappened(lines: LogLines, event: LogEvent): LogLines {
  switch (event.kind) {
    case "received":
      lines.putBytes(RECEIVED[event.verb]).put(event.user);
      if (event.subject !== undefined) lines.put(": ").put(event.subject);
      if (event.others) lines.put(` and ${event.others.length} more`);
      return event.agent === undefined ? lines : lines.put(` (${event.agent})`);
    case "answered":
      return lines.putBytes(SENT.ok).put(event.user);
    case "failed":
      lines.putBytes(SENT.error).put(event.user).put(`: ${event.code}`);
      return event.reason === undefined ? lines : lines.put(" ").put(event.reason);
    case "unproven":
      return lines.put("Login of ").put(event.user).put(" from ").put(event.from.hostname)
        .put(" failed: the password was not proven");
    case "malformed":
      return lines.put("Received a malformed message: ").put(event.reason);
    case "ignored":
      return lines.put("Ignored ").put(event.from.hostname).put(": ").put(event.reason);
    case "listening":
      return lines.put(`Listening on ${formatAddress(event.from)}, ${mayLogIn(event.users)}`)
        .put(event.isLocal ? reachOf(event.from) : "");
    case "accounts":
      return lines.put(`Read the credentials again, ${mayLogIn(event.users)}`);
    case "page":
      return lines.put(`Status page at ${event.url}`);
    case "administered":
      lines.put(`Administrator at ${event.from.hostname}: ${event.action}`);
      return event.user === undefined ? lines : lines.put(" ").put(event.user);
    case "account":
      return lines.put("User ").put(event.user).put(`: ${event.change}`);
    case "announced":
      return lines.put('Announced as "').put(event.name).put('", fingerprint ')
        .put(event.fingerprint);
    case "stopping":
      return lines.put("Stopping");
    case "unsaved":
      return lines.put("Cannot save what is published or withdrawn: ").put(event.reason);
    case "saved":
      return lines.put("Can save again");
    case "cut off":
      return lines.put("Cut off from the fleet, all sessions end here: ").put(event.reason);
    case "joined":
      return lines.put("Back in the fleet");
    case "unheard":
      return lines.put("Not told what other servers do: ").put(event.reason);
    case "heard":
      return lines.put("Told again what other servers do");
    case "unexpected":
      return lines.put("Unexpected: ").put(event.reason);
    case "unwritten":
      return lines.put(`${countLines(event.lines)} could not be written here`);
    case "left out":
      return lines.put(
        `${event.lines.toLocaleString("en")} more lines left out, caused by ${CAUSES[event.cause]}`,
      );
  }
}

/** How many lines of a log, in words. */
export function countLines(lines: number): string {
  return `${lines.toLocaleString("en")} ${lines === 1 ? "line" : "lines"}`;
}

function mayLogIn(users: number): string {
  return `${users} ${users === 1 ? "user" : "users"} may log in`;
}

/** What keeps others out who was not told of `--host`. */
function reachOf({ hostname }: Address): string {
  const anywhere = hostname.includes(":") ? "::" : "0.0.0.0";
  return `; only this machine can reach it: --host ${anywhere} lets others in`;
}

/** The time in words, which many lines have in common. */
class LocalTime {
  #time = NaN;
  #words = new Uint8Array();

  of(time: number): Uint8Array {
    if (time === this.#time) return this.#words;
    this.#time = time;
    return this.#words = encodeUtf8(`${formatTime(new Date(time))}: `);
  }
}

const localTime = new LocalTime();

function formatTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
