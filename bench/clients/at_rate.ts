/**
 * Requests at a fixed rate.
 *
 * @module
 */

import type { Client } from "./client.ts";
import { pause } from "./fast_udp.ts";
import type { Measured } from "./questions.ts";

/** How long an answer may take, in milliseconds. */
const PATIENCE_MS = 1_000;
/** What a lost answer counts as. */
export const LATEST_MICROS = PATIENCE_MS * 1_000;
const PAUSE_MICROS = 5;

/** How often is asked, and for how long. */
export interface Rate {
  readonly perSecond: number;
  readonly ms: number;
  /** Called between the requests, as often as possible. */
  readonly meanwhile?: () => void;
}

/**
 * Asks at a fixed rate and returns how long the answers took, in microseconds. A request that is due
 * while every client waits is sent late, but its time counts from when it was due: a server that
 * stalls hides nothing.
 */
export function askAtRate(
  clients: readonly Client[],
  verb: Measured,
  { perSecond, ms, meanwhile }: Rate,
): number[] {
  const free = [...clients];
  const times: number[] = [];
  const begin = performance.now();
  const dueAt = (i: number) => begin + i / perSecond * 1_000;
  let waiting: { readonly client: Client; readonly due: number }[] = [];
  let next = 0;
  for (const end = begin + ms; performance.now() < end + PATIENCE_MS;) {
    for (; free.length > 0 && dueAt(next) <= Math.min(performance.now(), end); next++) {
      const client = free.shift()!;
      client.ask(verb);
      waiting.push({ client, due: dueAt(next) });
    }
    const rest = waiting.filter(({ client, due }) => {
      if (!client.look()) return true; // A late answer to something else is none.
      times.push((performance.now() - due) * 1_000);
      free.push(client);
      return false;
    });
    if (rest.length === 0 && dueAt(next) > end) return times;
    if (rest.length === waiting.length) pause(PAUSE_MICROS);
    waiting = rest;
    meanwhile?.();
  }
  return [...times, ...waiting.map(() => LATEST_MICROS)];
}
