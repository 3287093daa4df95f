/**
 * `passwd`: one's own password.
 *
 * @module
 */

import { askNewPassword } from "../cli/password.ts";
import { BitTrickleError } from "../errors.ts";
import type { Protocol } from "../peer/session/open_session.ts";
import { askCredentials, type KnownCredentials, whenFree } from "./login.ts";
import type { Outcome } from "./outcome.ts";
import type { Workbench } from "./run_command.ts";

/**
 * Asks for the present password, and for the new one once the index would take one; sets it. That is a
 * login of its own: nobody has to hurry to type.
 *
 * @throws {BitTrickleError} as {@linkcode askNewPassword} and `OwnAccount.changePassword`
 */
export async function runPasswd(
  { peer, terminal, output, signal }: Workbench,
  known: KnownCredentials,
  protocol: Protocol | undefined,
): Promise<Outcome> {
  if (protocol === 1) throw new BitTrickleError("usage", NO_PLAIN);
  const { user, password } = await askCredentials(known, terminal, output, signal);
  await whenFree(() => peer.account.checkPassword(user, password), signal);
  const next = await askNewPassword(terminal);
  await whenFree(() => peer.account.changePassword(user, password, next), signal);
  if (known.password !== undefined) output.remark(GIVEN);
  return { lines: [`${user} has a new password`], fields: { user } };
}

const GIVEN =
  "Change it also where the present one was read: in BITTRICKLE_PASSWORD, or in the file " +
  "that --password-file names";

const NO_PLAIN =
  "passwd needs the sealed protocol, as in the plain one everybody on the way could " +
  "read the password: leave out --protocol 1, or ask whoever runs the index";
