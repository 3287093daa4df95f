/**
 * Logging in with protocol 1.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import type { Reply, Request } from "../../protocol/messages.ts";
import type { LoginGate } from "./login_handler.ts";

/** What a login in clear from `from` is answered if it is not right, or comes too often. */
export function plainRefusal(
  { user, password }: Request & { verb: "login" },
  { hostname }: Address,
  now: number,
  { accounts, throttle, loginRates }: Omit<LoginGate, "invitations">,
): Reply | undefined {
  if (!loginRates.take(hostname, now)) return tooMany("logins, try again");
  const wait = throttle.wait(user, hostname, now);
  if (wait > 0) return tooMany(`attempts, try again in ${Math.ceil(wait / 1_000)} s`);
  if (!accounts.verify(user, password)) {
    throttle.failed(user, hostname, now);
    return { kind: "login failed" };
  }
  throttle.succeeded(user, hostname);
}

function tooMany(what: string): Reply {
  return { kind: "error", code: 429, reason: `too many ${what}` };
}
