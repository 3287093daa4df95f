/**
 * What a user does with the own account at an index, before or without being active there.
 *
 * @module
 */

import type { Addresses } from "../protocol/address.ts";
import type { Invitation } from "../protocol/invitation.ts";
import type { IndexSession } from "./session/index_session.ts";
import type { KnownServers } from "./session/known_servers.ts";
import {
  assertMayRegister,
  invitationError,
  knownByInvitation,
  registerOwnPassword,
} from "./session/registration.ts";

/** What an {@linkcode OwnAccount} works with. */
export interface OwnAccountSetting {
  /** The servers of the index as they were typed. */
  readonly index: Addresses;
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
   * Makes sure that `password` is that of `user`, and may be changed.
   *
   * @throws {BitTrickleError} as {@linkcode IndexSession.logIn} and {@linkcode assertMayRegister}
   */
  async checkPassword(user: string, password: string): Promise<void> {
    const { open, known } = this.#setting;
    await doAndLeave(await open(user, password, known), assertMayRegister);
  }

  /**
   * Makes sure that somebody may join by `invitation`.
   *
   * @throws {BitTrickleError} as {@linkcode OwnAccount.join}
   */
  async checkInvitation(invitation: Invitation): Promise<void> {
    await (await this.#openInvited(invitation)).close();
  }

  /**
   * Changes the password of `user`, whose sessions all end with that.
   *
   * @throws {BitTrickleError} as {@linkcode IndexSession.logIn} and {@linkcode registerOwnPassword}
   */
  async changePassword(user: string, password: string, next: string): Promise<void> {
    const { open, known } = this.#setting;
    const session = await open(user, password, known);
    await doAndLeave(session, () => registerOwnPassword(session, user, next));
  }

  /**
   * Makes the user of `invitation` one of its index, which is known from then on, with `password`.
   *
   * @throws {BitTrickleError} as {@linkcode OwnAccount.changePassword}
   */
  async join(invitation: Invitation, password: string): Promise<void> {
    const { index, known } = this.#setting;
    const { user, opaqueKey, signingKey } = invitation;
    const session = await this.#openInvited(invitation);
    await doAndLeave(session, () => registerOwnPassword(session, user, password));
    const pin = { opaqueKey, signingKey, strongUsers: [user] };
    for (const server of index) await known.remember(server, pin);
  }

  async #openInvited(invitation: Invitation): Promise<IndexSession> {
    const { index, known, open } = this.#setting;
    const invited = await knownByInvitation(invitation, index, known);
    return await open(invitation.name, invitation.secret, invited).catch((error) => {
      throw invitationError(error, invitation);
    });
  }
}

async function doAndLeave(session: IndexSession, run: (session: IndexSession) => Promise<void>) {
  try {
    await run(session);
  } finally {
    await session.close();
  }
}
