/**
 * The server's log: what came, from whom, and how it was answered.
 *
 * @module
 */

import type { ServiceEvent } from "../index/service_event.ts";
import { type Address, formatAddress } from "../protocol/address.ts";
import { escapeText, toJsonLine } from "../protocol/escape.ts";
import type { LogFormat } from "./flags.ts";
import type { Sink } from "./write.ts";

/** Everything that the server's log tells. */
export type LogEvent =
  | ServiceEvent
  | { readonly kind: "listening" | "accounts"; readonly from: Address; readonly users: number }
  | { readonly kind: "unexpected"; readonly from: Address; readonly reason: string };

/** Formats events and writes those of one turn of the event loop together. */
export class ServerLog implements Disposable {
  readonly #format: (event: LogEvent, time: Date) => string;
  readonly #sink: Sink;
  #lines = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(format: Exclude<LogFormat, "off">, sink: Sink) {
    this.#format = format === "json" ? formatJson : formatText;
    this.#sink = sink;
  }

  /** Writes `event`, which happened at `time`, at the end of this turn. */
  write(event: LogEvent, time: Date = new Date()): void {
    this.#lines += this.#format(event, time) + "\n";
    this.#timer ??= setTimeout(() => this.#flush(), 0);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#flush();
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#lines !== "") this.#sink(this.#lines);
    this.#lines = "";
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
