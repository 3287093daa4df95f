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
import type { LogFormat } from "./flags.ts";

/** Where lines go. Slow or broken, it must not stop the server. */
export type LogSink = (lines: string) => Promise<void>;

/** Most characters that wait for a slow reader; further lines are counted and lost. */
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
  readonly #format: (event: LogEvent, time: Date) => string;
  readonly #sink: LogSink;
  readonly #leaving = new AbortController();
  #waiting = "";
  #writing: Promise<void> | undefined;

  readonly #leavingMs: number;

  /** @param leavingMs How long to wait at the end for a reader that takes nothing. */
  constructor(format: Exclude<LogFormat, "off">, sink: LogSink, leavingMs = 1_000) {
    this.#leavingMs = leavingMs;
    this.#format = format === "json" ? formatJson : formatText;
    this.#sink = sink;
  }

  /** Writes `event`, which happened at `time`, soon; or not at all, if nobody reads. */
  write(event: LogEvent, time: Date = new Date()): void {
    if (this.#waiting.length > MOST_WAITING) return;
    this.#waiting += this.#format(event, time) + "\n";
    this.#writing ??= this.#writeAll().finally(() => this.#writing = undefined);
  }

  /** Waits until everything is written, if somebody reads it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    if (this.#writing) await within(this.#writing, this.#leavingMs);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting !== "") {
      // A write costs more than a request: what comes in the meantime goes along.
      await delay(GATHER_MS, { signal: this.#leaving.signal }).catch(() => {});
      const lines = this.#waiting;
      this.#waiting = "";
      await this.#sink(lines).catch(() => {}); // A log that cannot be written stops nothing else.
    }
  }
}

/** `2026-10-09 13:20:40.123: 57820: Received PUB from hans`, in local time. */
export function formatText(event: LogEvent, time: Date): string {
  return `${formatTime(time)}: ${event.from.port}: ${describe(event)}`;
}

/** One JSON object with the same content and the time in UTC. */
export function formatJson({ kind, from, ...details }: LogEvent, time: Date): string {
  return toJsonLine({
    time: time.toISOString(),
    event: kind,
    host: from.hostname,
    port: from.port,
    ...details,
  });
}

function describe(event: LogEvent): string {
  switch (event.kind) {
    case "received":
      return `Received ${event.verb.toUpperCase()} from ${escapeText(event.user)}`;
    case "answered":
      return `Sent OK to ${escapeText(event.user)}`;
    case "failed":
      return `Sent ERR to ${escapeText(event.user)}`;
    case "malformed":
      return `Received a malformed message: ${escapeText(event.reason)}`;
    case "ignored":
      return `Ignored ${event.from.hostname}: ${escapeText(event.reason)}`;
    case "listening":
      return `Listening on ${formatAddress(event.from)}, ${event.users} users may log in`;
    case "accounts":
      return `Read the credentials again, ${event.users} users may log in`;
    case "unsaved":
      return `Cannot save what is published or withdrawn: ${escapeText(event.reason)}`;
    case "saved":
      return "Can save again";
    case "unexpected":
      return `Unexpected: ${escapeText(event.reason)}`;
  }
}

function formatTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
