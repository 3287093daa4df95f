/**
 * `join`: becoming a user by an invitation.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../errors.ts";
import { askNewPassword } from "../cli/password.ts";
import type { Invitation } from "../protocol/invitation.ts";
import { formatAddresses } from "../protocol/address.ts";
import { type KnownCredentials, whenFree } from "./login.ts";
import type { Workbench } from "./run_command.ts";

/** In which time a server takes in that somebody was invited, in milliseconds. */
const TAKEN_IN_MS = 1_500;

/**
 * Sets the password of the user whom `invitation` names: the one that is known, or else one that is
 * asked for once the invitation turns out to be good.
 *
 * @throws {BitTrickleError} as {@linkcode askNewPassword} and `OwnAccount.join`
 */
export async function runJoin(
  { peer, terminal, output, signal }: Workbench,
  invitation: Invitation,
  { password: given }: KnownCredentials,
): Promise<KnownCredentials> {
  const { user, index } = invitation;
  output.note(`${user} is invited to the index at ${formatAddresses(index)}`);
  const askOwn = async () => {
    const check = () => peer.account.checkInvitation(invitation);
    await whenFree(() => whenInvited(check, signal), signal);
    return await askNewPassword(terminal);
  };
  const password = given ?? await askOwn();
  const join = () => peer.account.join(invitation, password);
  await whenFree(() => whenInvited(join, signal), signal);
  output.event("result", { verb: "join", user });
  output.note(`${user} is a user now`);
  return { user, password };
}

/** Tries once more when an index does not know an invitation: it may have been made a moment ago. */
async function whenInvited<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof BitTrickleError) || error.code !== "login_refused") throw error;
    await delay(TAKEN_IN_MS, { signal }).catch(() => {});
    if (signal.aborted) throw interrupted();
    return await attempt();
  }
}
