/**
 * The server's log: what came, from whom, and how it was answered.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { ServiceEvent } from "../../index/service/service_event.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { type Address, formatAddress, isLoopback } from "../../protocol/address.ts";
import { toJsonLine } from "../../protocol/escape.ts";
import type { Verb } from "../../protocol/messages.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import type { LogFormat } from "../flags/serve_flags.ts";
import { type LeftOut, type LineCause, LogBudget } from "./log_budget.ts";
import { LogLines } from "./log_lines.ts";

/** Where lines go, in UTF-8. Slow or broken, it must not stop the server. */
export type LogSink = (lines: Uint8Array) => Promise<void>;

/** How a {@linkcode ServerLog} is kept. */
export interface ServerLogOptions {
  /** How long to wait at the end for a reader that takes nothing. @default {1_000} */
  readonly leavingMs?: number;
  /** Hears, once, that lines cannot be written. */
  readonly onFault?: (error: unknown) => void;
}

/** Most bytes that wait for a slow reader; further lines are left out. */
const MOST_WAITING = 1_048_576;

/** How often the number of lines left out is logged, in milliseconds. */
const SUM_UP_MS = 1_000;

/** How long lines are batched before they are written, in milliseconds: too short to be noticed. */
const GATHER_MS = 10;

/** Everything that the server's log tells. */
export type LogEvent =
  | ServiceEvent
  | { readonly kind: "listening" | "accounts"; readonly from: Address; readonly users: number }
  | { readonly kind: "saved"; readonly from: Address }
  | { readonly kind: "left out" } & LeftOut
  | { readonly kind: "unexpected" | "unsaved"; readonly from: Address; readonly reason: string };

/**
 * Formats events and writes those together that came while the last ones were written. What is too much
 * is left out, and counted.
 */
export class ServerLog implements AsyncDisposable {
  readonly #put: (lines: LogLines, event: LogEvent, time: number) => boolean;
  readonly #sink: LogSink;
  readonly #leaving = new AbortController();
  readonly #leavingMs: number;
  #onFault: (error: unknown) => void;
  readonly #budget = new LogBudget();
  #waiting = new LogLines(MOST_WAITING);
  #written = new LogLines(MOST_WAITING);
  #writing: Promise<void> | undefined;
  #summingUp: Promise<void> | undefined;

  constructor(
    format: Exclude<LogFormat, "off">,
    sink: LogSink,
    { leavingMs = 1_000, onFault = () => {} }: ServerLogOptions = {},
  ) {
    this.#leavingMs = leavingMs;
    this.#onFault = onFault;
    this.#put = format === "json" ? putJson : putText;
    this.#sink = sink;
  }

  /** Writes `event`, which happened at `time`, soon; or not at all, if it is too much. */
  write(event: LogEvent, cause: LineCause = "server", time: number = Date.now()): void {
    if (this.#budget.take(cause, time) && this.#putOne(event, time)) return;
    this.#budget.leaveOut(cause, event.from);
    this.#summingUp ??= this.#sumUp();
  }

  /** Waits until everything is written, if somebody reads it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#summingUp;
    if (this.#writing) await withTimeout(this.#writing, this.#leavingMs);
    this.#tellLeftOut(); // Before that the buffer may have been full.
    if (this.#writing) await withTimeout(this.#writing, this.#leavingMs);
  }

  #putOne(event: LogEvent, time: number): boolean {
    const fits = this.#put(this.#waiting, event, time);
    this.#writing ??= this.#writeAll().finally(() => this.#writing = undefined);
    return fits;
  }

  async #sumUp(): Promise<void> {
    const { signal } = this.#leaving;
    do await delay(SUM_UP_MS, { signal }).catch(() => {}); while (
      !this.#tellLeftOut() && !signal.aborted
    );
    this.#summingUp = undefined;
  }

  /** Returns whether all of it fitted. */
  #tellLeftOut(): boolean {
    const untold = this.#budget.takeLeftOut().filter((leftOut) => {
      return !this.#putOne({ kind: "left out", ...leftOut }, Date.now());
    });
    for (const { cause, from, lines } of untold) this.#budget.leaveOut(cause, from, lines);
    return untold.length === 0;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.bytes.length > 0) {
      // A write costs more than a request: what comes in the meantime goes along.
      await delay(GATHER_MS, { signal: this.#leaving.signal }).catch(() => {});
      [this.#waiting, this.#written] = [this.#written, this.#waiting];
      await this.#sink(this.#written.bytes).catch((error) => this.#fail(error));
      this.#written.clear();
    }
  }

  /** A log that cannot be written must not stop anything else. */
  #fail(error: unknown): void {
    const tell = this.#onFault;
    this.#onFault = () => {};
    tell(error);
  }
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
  const { kind, from, ...details } = event;
  const { hostname: host, port } = from;
  const utc = new Date(time).toISOString();
  return lines.put(toJsonLine({ time: utc, event: kind, host, port, ...details })).endLine();
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
  sch: received("sch"),
  passwd: received("passwd"),
  share: received("share"),
};
const CAUSES: Readonly<Record<LineCause, string>> = {
  session: "sessions",
  stranger: "strangers",
  server: "the server",
};
const SENT = { ok: encodeUtf8("Sent OK to "), error: encodeUtf8("Sent ERR to ") };

function received(verb: Verb): Uint8Array {
  return encodeUtf8(`Received ${verb.toUpperCase()} from `);
}

function putWhatHappened(lines: LogLines, event: LogEvent): LogLines {
  switch (event.kind) {
    case "received":
      lines.putBytes(RECEIVED[event.verb]).put(event.user);
      return event.agent === undefined ? lines : lines.put(` (${event.agent})`);
    case "answered":
      return lines.putBytes(SENT.ok).put(event.user);
    case "failed":
      return lines.putBytes(SENT.error).put(event.user);
    case "malformed":
      return lines.put("Received a malformed message: ").put(event.reason);
    case "ignored":
      return lines.put("Ignored ").put(event.from.hostname).put(": ").put(event.reason);
    case "listening":
      return lines.put(`Listening on ${formatAddress(event.from)}, ${mayLogIn(event.users)}`)
        .put(reachOf(event.from));
    case "accounts":
      return lines.put(`Read the credentials again, ${mayLogIn(event.users)}`);
    case "unsaved":
      return lines.put("Cannot save what is published or withdrawn: ").put(event.reason);
    case "saved":
      return lines.put("Can save again");
    case "unexpected":
      return lines.put("Unexpected: ").put(event.reason);
    case "left out":
      return lines.put(
        `${event.lines.toLocaleString("en")} more lines left out, caused by ${CAUSES[event.cause]}`,
      );
  }
}

function mayLogIn(users: number): string {
  return `${users} ${users === 1 ? "user" : "users"} may log in`;
}

/** What keeps others out who was not told of `--host`. */
function reachOf({ hostname }: Address): string {
  if (!isLoopback(hostname)) return "";
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
