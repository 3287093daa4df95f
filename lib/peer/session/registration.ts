/**
 * Setting one's own password: the client's half of OPAQUE's registration (RFC 9807 section 5). What
 * the index gets verifies the password, and does not tell it.
 *
 * @module
 */

import { client, ready } from "@serenity-kit/opaque";
import { BitTrickleError } from "../../errors.ts";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../protocol/opaque_settings.ts";
import type { IndexSession } from "./index_session.ts";

/**
 * Registers `password` for `user` in `session`, which has just been opened and is over afterwards.
 *
 * @throws {BitTrickleError} `refused` with the index's reason, or `timeout`, `network` or
 * `login_refused` when it is not known whether the index has taken it
 */
export async function registerOwnPassword(
  session: IndexSession,
  user: string,
  password: string,
): Promise<void> {
  await ready;
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  const reply = await session.ask({ verb: "passwd", message: registrationRequest });
  if (reply.kind !== "registration") throw noRegistration();
  const { registrationRecord, serverStaticPublicKey } = client.finishRegistration({
    clientRegistrationState,
    registrationResponse: reply.response,
    password,
    keyStretching: KEY_STRETCHING.strong,
    identifiers: opaqueIdentifiers(user),
  });
  if (serverStaticPublicKey !== session.indexKey) throw noRegistration();
  await send(session, registrationRecord);
}

/** Once the record is on its way, nothing but an answer tells whether it has come. */
async function send(session: IndexSession, record: string): Promise<void> {
  try {
    await session.ask({ verb: "passwd", message: record });
  } catch (cause) {
    if (!(cause instanceof BitTrickleError) || !IS_UNSURE.includes(cause.code)) throw cause;
    const message = "It is not known whether the password was set, as no answer came: " +
      "log in with the new one, and if that fails, with the old one";
    throw new BitTrickleError(cause.code, message, { cause });
  }
}

const IS_UNSURE: readonly string[] = ["timeout", "network", "login_refused", "already_active"];

function noRegistration(): BitTrickleError {
  return new BitTrickleError("refused", "The index does not register passwords as it should");
}
