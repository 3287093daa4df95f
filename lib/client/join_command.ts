/**
 * `join`: becoming a user by an invitation.
 *
 * @module
 */

import { askNewPassword } from "../cli/password.ts";
import type { Invitation } from "../protocol/invitation.ts";
import { formatAddress } from "../protocol/address.ts";
import { type KnownCredentials, whenFree } from "./login.ts";
import type { Workbench } from "./run_command.ts";

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
  output.note(`${user} is invited to the index at ${formatAddress(index)}`);
  const askOwn = async () => {
    await whenFree(() => peer.account.checkInvitation(invitation), signal);
    return await askNewPassword(terminal);
  };
  const password = given ?? await askOwn();
  await whenFree(() => peer.account.join(invitation, password), signal);
  output.event("result", { verb: "join", user });
  output.note(`${user} is a user now`);
  return { user, password };
}
