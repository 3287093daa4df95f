/**
 * The server's log: what came, from whom, and how it was answered.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { ServiceEvent } from "../index/service_event.ts";
import { within } from "../net/within.ts";
import { type Address, formatAddress } from "../protocol/address.ts";
import { escapeText, toJsonLine } from "../protocol/escape.ts";
import { putUtf8 } from "../protocol/utf8.ts";
import type { LogFormat } from "./flags.ts";

/** Where lines go, in UTF-8. Slow or broken, it must not stop the server. */
export type LogSink = (lines: Uint8Array) => Promise<void>;

/** Most bytes that wait for a slow reader; further lines are lost. */
const MOST_WAITING = 1_048_576;

/** How long lines are gathered before they are written, in milliseconds: nobody sees the difference. */
const GATHER_MS = 10;

/** Everything that the server's log tells. */
export type LogEvent =
  | ServiceEvent
  | { readonly kind: "listening" | "accounts"; readonly from: Address; readonly users: number }
  | { readonly kind: "saved"; readonly from: Address }
  | { readonly kind: "unexpected" | "unsaved"; readonly from: Address; readonly reason: string };

/** Formats events and writes those together that came while the last ones were written. */
export class ServerLog implements AsyncDisposable {
  readonly #format: (event: LogEvent, time: number) => string[];
  readonly #sink: LogSink;
  readonly #leaving = new AbortController();
  readonly #leavingMs: number;
  #waiting = new Lines();
  #written = new Lines();
  #writing: Promise<void> | undefined;

  /** @param leavingMs How long to wait at the end for a reader that takes nothing. */
  constructor(format: Exclude<LogFormat, "off">, sink: LogSink, leavingMs = 1_000) {
    this.#leavingMs = leavingMs;
    this.#format = format === "json" ? formatJson : formatText;
    this.#sink = sink;
  }

  /** Writes `event`, which happened at `time`, soon; or not at all, if nobody reads. */
  write(event: LogEvent, time: number = Date.now()): void {
    this.#waiting.add(this.#format(event, time));
    this.#writing ??= this.#writeAll().finally(() => this.#writing = undefined);
  }

  /** Waits until everything is written, if somebody reads it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    if (this.#writing) await within(this.#writing, this.#leavingMs);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.bytes.length > 0) {
      // A write costs more than a request: what comes in the meantime goes along.
      await delay(GATHER_MS, { signal: this.#leaving.signal }).catch(() => {});
      [this.#waiting, this.#written] = [this.#written, this.#waiting];
      await this.#sink(this.#written.bytes).catch(() => {}); // It must not stop anything else.
      this.#written.clear();
    }
  }
}

/** Lines that wait. As texts, every collection of garbage would copy them. */
class Lines {
  readonly #room = new Uint8Array(MOST_WAITING);
  #end = 0;

  /** All of them; overwritten after {@linkcode Lines.clear}. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#end);
  }

  /** Adds the line that consists of `parts` unless there is no room. */
  add(parts: string[]): void {
    parts.push("\n");
    this.#end += putUtf8(this.#room, this.#end, parts) ?? 0;
  }

  clear(): void {
    this.#end = 0;
  }
}

/**
 * The parts of a line as `2026-10-09 13:20:40.123: 57820: Received PUB from hans`, in local time.
 *
 * @param time Milliseconds since the epoch
 */
export function formatText(event: LogEvent, time: number): string[] {
  const parts = describe(event);
  parts.unshift(localTime.of(time), ": ", String(event.from.port), ": ");
  return parts;
}

/** The same as one JSON object, with the time in UTC. */
export function formatJson({ kind, from, ...details }: LogEvent, time: number): string[] {
  return [toJsonLine({
    time: new Date(time).toISOString(),
    event: kind,
    host: from.hostname,
    port: from.port,
    ...details,
  })];
}

/** In parts, which are put together where they are written. */
function describe(event: LogEvent): string[] {
  switch (event.kind) {
    case "received":
      return ["Received ", event.verb.toUpperCase(), " from ", escapeText(event.user)];
    case "answered":
      return ["Sent OK to ", escapeText(event.user)];
    case "failed":
      return ["Sent ERR to ", escapeText(event.user)];
    case "malformed":
      return ["Received a malformed message: ", escapeText(event.reason)];
    case "ignored":
      return ["Ignored ", event.from.hostname, ": ", escapeText(event.reason)];
    case "listening":
      return [`Listening on ${formatAddress(event.from)}, ${event.users} users may log in`];
    case "accounts":
      return [`Read the credentials again, ${event.users} users may log in`];
    case "unsaved":
      return ["Cannot save what is published or withdrawn: ", escapeText(event.reason)];
    case "saved":
      return ["Can save again"];
    case "unexpected":
      return ["Unexpected: ", escapeText(event.reason)];
  }
}

/** The time in words, which many lines have in common. */
class LocalTime {
  #time = NaN;
  #words = "";

  of(time: number): string {
    if (time === this.#time) return this.#words;
    this.#time = time;
    return this.#words = formatTime(new Date(time));
  }
}

const localTime = new LocalTime();

function formatTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
