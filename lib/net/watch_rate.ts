/**
 * Connections that bring something, and too little.
 *
 * @module
 */

import { AwakeTimer } from "../async/awake.ts";
import { BitTrickleError } from "../errors.ts";
import type { Connection } from "./connection.ts";

/** How much a connection has to bring. */
export interface LeastRate {
  /** Within which time, in milliseconds. */
  readonly withinMs: number;
  readonly bytes: number;
}

/**
 * Closes `connection` with `timeout` as soon as less comes than `least`, until it is disposed of.
 * Time in which this program was stopped does not count.
 */
export function watchRate(connection: Connection, { withinMs, bytes }: LeastRate): Disposable {
  let before = connection.received;
  const timer = new AwakeTimer(withinMs, () => {
    const came = connection.received - before;
    if (came < bytes) return connection.abort(tooSlow(came, withinMs));
    before = connection.received;
    timer.restart(withinMs);
  });
  return timer;
}

function tooSlow(bytes: number, ms: number): BitTrickleError {
  return new BitTrickleError("timeout", `only ${bytes} bytes came in ${ms / 1_000} s`);
}
