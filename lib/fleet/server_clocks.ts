/**
 * The steady clocks of the servers of a fleet, by which tickets expire.
 *
 * @module
 */

import type { ServerClock } from "../index/sessions/session.ts";
import { CLOCKS } from "./layout.ts";
import type { Follower } from "./feed.ts";
import type { Secrets } from "./secrets.ts";
import type { Change } from "./watch.ts";

/** A clock of which ever more is known. */
interface Estimate {
  ahead: number;
}

/**
 * Knows how far each clock is ahead of this server's. A server tells its clock now and then; what it tells
 * was true some time before it arrives, so the clock is ahead by that much at least, and the largest
 * difference so far is the best one.
 */
export class ServerClocks implements Follower {
  readonly prefix = CLOCKS;
  readonly #secrets: Secrets;
  readonly #clocks = new Map<string, Estimate>();

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** That of `server`, as far as it is known, now and later. */
  of(server: string): ServerClock {
    const known = this.#clocks.get(server);
    if (known) return known;
    const unknown = { ahead: -Infinity };
    this.#clocks.set(server, unknown);
    return unknown;
  }

  apply({ key, value }: Change): void {
    const server = key.slice(CLOCKS.length);
    if (!value) return void this.#clocks.delete(server);
    const bytes = this.#secrets.open(key, value);
    if (bytes?.length !== 8) return;
    const told = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
    const estimate = this.of(server) as Estimate;
    estimate.ahead = Math.max(estimate.ahead, told - performance.now());
  }

  findMissing(isThere: (key: string) => boolean): Promise<() => void> {
    const gone = [...this.#clocks.keys()].filter((server) => !isThere(CLOCKS + server));
    return Promise.resolve(() => {
      for (const server of gone) this.#clocks.delete(server);
    });
  }
}

/** The value of the key of this server's clock. */
export function sealClock(secrets: Secrets, key: string): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, performance.now());
  return secrets.seal(key, bytes);
}
