/**
 * What the index needs of each user to prove passwords by OPAQUE (RFC 9807).
 *
 * @module
 */

import { client, server } from "@serenity-kit/opaque";
import { createHmac } from "node:crypto";
import type { Stretching } from "../../protocol/sealed_datagram.ts";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../protocol/opaque_settings.ts";
import { isInvitationName } from "../../protocol/invitation.ts";
import { Invitations } from "./invitations.ts";
import { type Accounts, isPresentRecord, recordIn } from "./accounts.ts";

/** A user's record; `null` makes OPAQUE play an unknown user, which looks the same from outside. */
export interface LoginRecord {
  readonly record: string | null;
  readonly stretching: Stretching;
}

/** Records of all users, made on demand for those whose password the index knows in clear. */
export class LoginRecords {
  readonly #setup: string;
  readonly #made = new Map<string, { readonly password: string; readonly record: string }>();
  /** Who has, or had while this process ran, a record: their clients take `light` for an attack. */
  readonly #strongUsers = new Set<string>();
  #latest: Accounts | undefined;

  /** @param setup The server's long-term key, as `server.createSetup()` made it. */
  constructor(setup: string) {
    this.#setup = setup;
  }

  /** The record of `user`, or a fake one that cannot be told from it. */
  of(user: string, accounts: Accounts, invitations = Invitations.NONE): LoginRecord {
    this.#learn(accounts);
    const secret = accounts.proofOf(user);
    if (secret === undefined && isInvitationName(user)) {
      // Nobody guesses such a secret, so that nothing is stretched, of unknown ones as well.
      return { record: invitations.get(user)?.record ?? null, stretching: "light" };
    }
    if (secret === undefined) return { record: null, stretching: this.#pretend(user, accounts) };
    if (isPresentRecord(secret)) return recordIn(secret);
    return { record: this.#recordFor(user, secret), stretching: "light" };
  }

  /** Makes what is missing, a user at a time, so that an unknown user is no quicker than a known. */
  async prepare(accounts: Accounts, pause: () => Promise<void>): Promise<void> {
    for (const user of accounts.all) {
      this.of(user, accounts);
      await pause();
    }
  }

  /** Costs what the users are only when they have changed. */
  #learn(accounts: Accounts): void {
    if (accounts === this.#latest) return;
    this.#latest = accounts;
    for (const user of accounts.strongUsers) this.#strongUsers.add(user);
  }

  #recordFor(user: string, password: string): string {
    const made = this.#made.get(user);
    if (made?.password === password) return made.record;
    const record = registerPassword(this.#setup, user, password, "light");
    this.#made.set(user, { password, record });
    return record;
  }

  /**
   * The stretching of a user without a record. Whoever was strong stays so, without a false alarm at the client.
   * Where all users are of one kind, unknown ones are as well. Where there are both, an unknown user is
   * of one kind for ever, whoever is added: what changes would tell that a name is unknown.
   */
  #pretend(user: string, accounts: Accounts): Stretching {
    if (this.#strongUsers.has(user)) return "strong";
    if (accounts.stretching !== "both") return accounts.stretching;
    const hash = createHmac("sha256", this.#setup).update(`stretching ${user}`).digest();
    return (hash[0]! & 1) === 0 ? "light" : "strong";
  }
}

/** Makes the record by which the index can prove `password` without keeping it. */
export function registerPassword(
  setup: string,
  user: string,
  password: string,
  stretching: Stretching,
): string {
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  const { registrationResponse } = server.createRegistrationResponse({
    serverSetup: setup,
    userIdentifier: user,
    registrationRequest,
  });
  const keyStretching = KEY_STRETCHING[stretching];
  return client.finishRegistration({
    clientRegistrationState,
    registrationResponse,
    password,
    keyStretching,
    identifiers: opaqueIdentifiers(user),
  }).registrationRecord;
}
