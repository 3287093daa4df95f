/**
 * Setting one's own password, also the first by an invitation: the client's half of OPAQUE's registration (RFC 9807 section 5). What
 * the index gets verifies the password, and does not tell it.
 *
 * @module
 */

import { client, ready } from "@serenity-kit/opaque";
import { BitTrickleError } from "../../errors.ts";
import {
  type Address,
  type Addresses,
  formatAddress,
  formatAddresses,
} from "../../protocol/address.ts";
import type { Invitation } from "../../protocol/invitation.ts";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../protocol/opaque_settings.ts";
import type { IndexSession } from "./index_session.ts";
import { InMemoryKnownServers, type KnownServers } from "./known_servers.ts";
import { WRONG_PASSWORD } from "./login_outcome.ts";

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

/**
 * Makes sure that the index lets the user of `session` set a password, by the first step for one that
 * nobody will have.
 *
 * @throws {BitTrickleError} `refused` with the index's reason, or of `session`
 */
export async function assertMayRegister(session: IndexSession): Promise<void> {
  await ready;
  const password = crypto.randomUUID();
  const { registrationRequest } = client.startRegistration({ password });
  const reply = await session.ask({ verb: "passwd", message: registrationRequest });
  if (reply.kind !== "registration") throw noRegistration();
}

/** Once the record is on its way, nothing but an answer tells whether it has come. */
async function send(session: IndexSession, record: string): Promise<void> {
  try {
    await session.ask({ verb: "passwd", message: record });
  } catch (cause) {
    if (!(cause instanceof BitTrickleError) || !IS_UNSURE.includes(cause.code)) throw cause;
    const message = `It is not known whether the password was set (${cause.message}): ` +
      "try to log in with the new one";
    throw new BitTrickleError(cause.code, message, { cause });
  }
}

const IS_UNSURE: readonly string[] = ["timeout", "network", "login_refused", "already_active"];

/**
 * The servers that are known to somebody who is invited: the one of the invitation, by its keys alone.
 *
 * @param servers The servers of the index as they are typed
 * @param known What is known of them already
 * @throws {BitTrickleError} `refused` if one of them has another key; of `known`
 */
export async function knownByInvitation(
  { opaqueKey, signingKey }: Invitation,
  servers: Addresses,
  known: KnownServers,
): Promise<KnownServers> {
  const invited = new InMemoryKnownServers();
  for (const server of servers) {
    const pin = await known.pinOf(server);
    const isOther = pin && (pin.opaqueKey !== opaqueKey ||
      (pin.signingKey !== undefined && pin.signingKey !== signingKey));
    if (isOther) throw notTheInvited(server, known.place);
    await invited.remember(server, { opaqueKey, signingKey, strongUsers: [] });
  }
  return invited;
}

/** What a person has to know of a failed login by an invitation, which no password was typed for. */
export function invitationError(error: unknown, { index }: Invitation): unknown {
  if (!(error instanceof BitTrickleError)) return error;
  const where = formatAddresses(index);
  if (error.message === WRONG_PASSWORD) {
    const message = `The index at ${where} does not know this invitation: ask for another`;
    return new BitTrickleError("login_refused", message, { cause: error });
  }
  if (error.code !== "refused") return error;
  const message = `What answers at ${where} is not the index that the invitation names: somebody ` +
    "may be in between, or it was set up anew. Nothing secret was sent; ask whoever sent it";
  return new BitTrickleError("refused", message, { cause: error });
}

function notTheInvited(index: Address, place: string): BitTrickleError {
  const where = formatAddress(index);
  return new BitTrickleError(
    "refused",
    `The invitation is of another index than the one that is known at ${where}. If nobody set ` +
      "that up anew, the invitation may be forged. If somebody did, remove the line that begins " +
      `with ${where} from ${place} and try again`,
  );
}

function noRegistration(): BitTrickleError {
  return new BitTrickleError("refused", "The index does not register passwords as it should");
}
