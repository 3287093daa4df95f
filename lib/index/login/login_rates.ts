/**
 * How many logins one host may begin.
 *
 * @module
 */

import { hostKey, isLoopback } from "../../protocol/address.ts";
import { LOGINS_PER_HOST, REMEMBERED_HOSTS } from "../../protocol/limits.ts";
import { RecentMap } from "../../collections/recent_map.ts";
import { TokenBucket } from "../../async/token_bucket.ts";

type Rate = ConstructorParameters<typeof TokenBucket>[0];

/** Keeps one host from keeping the index busy with logins; this machine may. */
export class LoginRates {
  /** The host that was heard longest ago is forgotten: its bucket is most likely full again. */
  readonly #buckets = new RecentMap<string, TokenBucket>(REMEMBERED_HOSTS);
  readonly #rate: Rate;

  constructor(rate: Rate = LOGINS_PER_HOST) {
    this.#rate = rate;
  }

  /** Whether a login from `hostname` is heard at `now`, in milliseconds. */
  take(hostname: string, now: number): boolean {
    if (isLoopback(hostname)) return true;
    const host = hostKey(hostname);
    const bucket = this.#buckets.get(host) ?? new TokenBucket(this.#rate, now);
    this.#buckets.set(host, bucket);
    return bucket.take(now);
  }
}
