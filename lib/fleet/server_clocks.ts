/**
 * The steady clocks of the servers of a fleet, by which tickets expire.
 *
 * @module
 */

import type { ServerClock } from "../index/sessions/session.ts";
import { CLOCKS } from "./layout.ts";
import type { Operation } from "../etcd/etcd_client.ts";
import type { Follower } from "./feed.ts";
import type { Place } from "./membership.ts";
import type { Secrets, ValueWatcher } from "./secrets.ts";
import type { Change } from "../etcd/watch.ts";

/**
 * How fast a former telling is doubted, in milliseconds a millisecond: clocks run apart by less, and one that stood
 * still for five seconds while its machine slept, which costs a server its place, is known again after 100.
 */
const DOUBT = 0.05;

/**
 * How far a clock is ahead of this one. What is told was true some time before it arrives, so the clock is ahead
 * by that much at least, and the largest difference is the best one. But it grows less if that machine slept, whose
 * steady clock then stood still, so that an older difference counts for less and less.
 */
export class ClockEstimate implements ServerClock {
  #ahead = -Infinity;
  #heardAt = -Infinity;

  /** In milliseconds; `-Infinity` as long as nothing was told. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Takes in at `now` that it said `told`. */
  hear(told: number, now: number): void {
    if (!Number.isFinite(told)) return;
    const doubt = DOUBT * (now - this.#heardAt);
    this.#ahead = Math.max(told - now, this.#ahead - doubt);
    this.#heardAt = now;
  }
}

/** Knows how far each clock is ahead of this server's, as the servers tell theirs now and then. */
export class ServerClocks implements Follower {
  readonly prefix = CLOCKS;
  readonly #secrets: Secrets;
  readonly #watcher: ValueWatcher;
  readonly #clocks = new Map<string, ClockEstimate>();

  constructor(secrets: Secrets, watcher: ValueWatcher = {}) {
    this.#secrets = secrets;
    this.#watcher = watcher;
  }

  /** That of `server`, as far as it is known, now and later. */
  of(server: string): ClockEstimate {
    const known = this.#clocks.get(server);
    if (known) return known;
    const unknown = new ClockEstimate();
    this.#clocks.set(server, unknown);
    return unknown;
  }

  apply({ key, value }: Change): void {
    const server = key.slice(CLOCKS.length);
    if (!value) return void this.#clocks.delete(server);
    const bytes = this.#secrets.open(key, value);
    if (bytes?.length !== 8) return this.#watcher.onOddValue?.(key);
    const told = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
    this.of(server).hear(told, performance.now());
  }

  findMissing(isThere: (key: string) => boolean): Promise<() => void> {
    const gone = [...this.#clocks.keys()].filter((server) => !isThere(CLOCKS + server));
    return Promise.resolve(() => {
      for (const server of gone) this.#clocks.delete(server);
    });
  }
}

/** What tells the clock of this server, which is at `place`. */
export function putClock(secrets: Secrets, { server, lease }: Place): Operation {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, performance.now());
  const key = CLOCKS + server;
  return { kind: "put", key, value: secrets.seal(key, bytes), lease };
}
