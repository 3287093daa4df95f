/**
 * What a user does with the own account at an index, before or without being active there.
 *
 * @module
 */

import type { Address } from "../protocol/address.ts";
import type { Invitation } from "../protocol/invitation.ts";
import type { IndexSession } from "./session/index_session.ts";
import type { KnownServers } from "./session/known_servers.ts";
import { invitationError, knownByInvitation, registerOwnPassword } from "./session/registration.ts";

/** What an {@linkcode OwnAccount} works with. */
export interface OwnAccountSetting {
  /** The index as it was typed. */
  readonly index: Address;
  readonly known: KnownServers;
  /** Logs in with protocol 2 at the index that `known` tells from others. */
  readonly open: (user: string, password: string, known: KnownServers) => Promise<IndexSession>;
}

/** Sets the password of a user. */
export class OwnAccount {
  readonly #setting: OwnAccountSetting;

  constructor(setting: OwnAccountSetting) {
    this.#setting = setting;
  }

  /**
   * Changes the password of `user`, whose sessions all end with that.
   *
   * @throws {BitTrickleError} as {@linkcode IndexSession.logIn} and {@linkcode registerOwnPassword}
   */
  async changePassword(user: string, password: string, next: string): Promise<void> {
    const { open, known } = this.#setting;
    await registerAndLeave(await open(user, password, known), user, next);
  }

  /**
   * Makes the user of `invitation` one of its index, which is known from then on, with `password`.
   *
   * @throws {BitTrickleError} as {@linkcode OwnAccount.changePassword}
   */
  async join(invitation: Invitation, password: string): Promise<void> {
    const { index, known, open } = this.#setting;
    const { name, secret, user, opaqueKey, signingKey } = invitation;
    const invited = await knownByInvitation(invitation, index, known);
    const session = await open(name, secret, invited).catch((error) => {
      throw invitationError(error, invitation);
    });
    await registerAndLeave(session, user, password);
    await known.remember(index, { opaqueKey, signingKey, strongUsers: [user] });
  }
}

async function registerAndLeave(session: IndexSession, user: string, password: string) {
  try {
    await registerOwnPassword(session, user, password);
  } finally {
    await session.close();
  }
}
