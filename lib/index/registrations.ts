/**
 * Users who set their passwords: OPAQUE's registration (RFC 9807 section 5) within a sealed session,
 * so that the index never sees one.
 *
 * @module
 */

import { client, server } from "@serenity-kit/opaque";
import { TokenBucket } from "../async/token_bucket.ts";
import { RecentMap } from "../collections/recent_map.ts";
import { BitTrickleError } from "../errors.ts";
import { isBase64Url } from "../protocol/base64url.ts";
import { REMEMBERED_HOSTS } from "../protocol/limits.ts";
import type { Reply } from "../protocol/messages.ts";
import { opaqueIdentifiers, REGISTRATION_BYTES } from "../protocol/opaque_settings.ts";
import { AT_ONCE, type Defer } from "./long_work.ts";
import type { Session } from "./sessions/sessions.ts";
import { type Accounts, isPresentRecord, RECORD_PREFIX } from "./login/accounts.ts";

/** Where the secrets of users are kept. */
export interface SecretStore {
  /**
   * Puts `secret` in the place of `former`, which `user` had until now, and lets the index know.
   *
   * @throws {BitTrickleError} `refused`, with a reason for the user, if it is not `former` any more;
   * any other if it cannot be kept
   */
  replace(user: string, former: string, secret: string): Promise<void>;

  /**
   * Makes `secret` that of the new user whom an invitation names, and uses the invitation up with that.
   *
   * @param invitation The name of its account
   * @throws {BitTrickleError} `refused`, with a reason for the user, if the invitation is not open any
   * more; any other if it cannot be kept
   */
  join(invitation: string, secret: string): Promise<void>;
}

/** What {@linkcode Registrations} work with. */
export interface RegistrationSetting {
  /** The server's long-term key, as `server.createSetup()` made it. */
  readonly setup: string;
  readonly store: SecretStore;
  /** Does what takes milliseconds. @default {AT_ONCE} */
  readonly defer?: Defer;
}

/**
 * How long after its login a session may change the password, so that who finds one open cannot: the
 * old password was proven just before. A slow machine stretches the new one for seconds.
 */
const PASSWORD_CHANGE_MS = 30_000;

/**
 * Steps of changes of one user's password: five changes at once, then one a minute. A client takes
 * three for each, the first to learn whether it may before a person is asked for the new password.
 */
const PASSWORD_STEPS = { perSecond: 1 / 20, burst: 15 } as const;

const STALE = "a password is changed right after a login: log in again";
const IN_CLEAR = "this password stands in clear in the index's file: whoever runs it changes it";
const TOO_OFTEN = "this password was changed too often: try again in some minutes";
const TOO_BUSY: Reply = { kind: "error", code: 429, reason: "the index has too much to do" };

/** Some first message of a login: a record is good if it can be logged in with. */
const PROBE_PASSWORD = "probe";

/**
 * Answers both steps of a registration: of the user of a session, or of the one whom an invitation
 * names. Nothing is kept between them.
 */
export class Registrations {
  readonly #setting: RegistrationSetting;
  readonly #defer: Defer;
  readonly #rates = new RecentMap<string, TokenBucket>(REMEMBERED_HOSTS);

  constructor(setting: RegistrationSetting) {
    this.#setting = setting;
    this.#defer = setting.defer ?? AT_ONCE;
  }

  /** Answers the `message` of one step, which came in `session`. */
  async answer(
    message: string,
    session: Session,
    accounts: Accounts,
    now: number,
  ): Promise<Reply> {
    const { user: account } = session;
    const invited = session.sealed?.invited;
    const user = invited ?? account;
    const former = accounts.secretOf(account) ?? "";
    if (now - session.openedAt > PASSWORD_CHANGE_MS) return refusal(STALE);
    if (invited === undefined && !isPresentRecord(former)) return refusal(IN_CLEAR);
    if (!this.#rateOf(account, now).take(now)) return refusal(TOO_OFTEN);
    if (isBase64Url(message, REGISTRATION_BYTES.record)) {
      return await this.#register(user, message, (secret) => {
        const { store } = this.#setting;
        return invited === undefined
          ? store.replace(user, former, secret)
          : store.join(account, secret);
      });
    }
    return await this.#inTurn(user, () => this.#respond(user, message)) ?? TOO_BUSY;
  }

  async #register(
    user: string,
    record: string,
    save: (secret: string) => Promise<void>,
  ): Promise<Reply> {
    const isGood = await this.#inTurn(user, () => this.#isGood(user, record));
    if (isGood === undefined) return TOO_BUSY;
    if (!isGood) return { kind: "error", code: 400, reason: "not a record of OPAQUE" };
    try {
      await save(RECORD_PREFIX + record);
      return { kind: "done" };
    } catch (error) {
      if (!(error instanceof BitTrickleError)) throw error;
      if (error.code === "refused") return refusal(error.message);
      return { kind: "error", code: 500, reason: "the index cannot save this" };
    }
  }

  #respond(user: string, registrationRequest: string): Reply {
    try {
      const { registrationResponse } = server.createRegistrationResponse({
        serverSetup: this.#setting.setup,
        userIdentifier: user,
        registrationRequest,
      });
      return { kind: "registration", response: registrationResponse };
    } catch {
      return { kind: "error", code: 400, reason: "not a message of OPAQUE" };
    }
  }

  /** A record that is none would make its user unlike any other at the next login. */
  #isGood(user: string, record: string): boolean {
    try {
      server.startLogin({
        serverSetup: this.#setting.setup,
        userIdentifier: user,
        registrationRecord: record,
        startLoginRequest: client.startLogin({ password: PROBE_PASSWORD }).startLoginRequest,
        identifiers: opaqueIdentifiers(user),
      });
      return true;
    } catch {
      return false;
    }
  }

  /** In a queue of the user's own: no host is called like this. */
  #inTurn<T>(user: string, work: () => T): T | Promise<T> | undefined {
    return this.#defer(`passwd ${user}`, work);
  }

  #rateOf(user: string, now: number): TokenBucket {
    const rate = this.#rates.get(user) ?? new TokenBucket(PASSWORD_STEPS, now);
    this.#rates.set(user, rate);
    return rate;
  }
}

function refusal(reason: string): Reply {
  return { kind: "error", code: 403, reason };
}
