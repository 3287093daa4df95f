/**
 * The client's half of a login with protocol 2: OPAQUE (RFC 9807) over datagrams that get lost.
 *
 * @module
 */

import { client, ready } from "@serenity-kit/opaque";
import { seal } from "../../protocol/aead.ts";
import { encodeSealedDatagram, type SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { messageHeader } from "../../protocol/sealed_message.ts";
import { encodeSealedLogin, type SealedLogin } from "../../protocol/sealed_request.ts";
import { deriveSessionKeys, type SessionKeys } from "../../protocol/session_keys.ts";
import { KEY_STRETCHING } from "../../protocol/opaque_settings.ts";

type Challenge = SealedDatagram & { kind: "challenge" };

/** Challenges that are tried after one hello: each may cost a stretching of the password. */
const MOST_CHALLENGES = 8;
/** The same for those that come from where no hello went. */
const MOST_STRANGE_CHALLENGES = 4;
/** Proofs of address that are taken from where no hello went: each may make the client send more. */
const MOST_STRANGE_TOKENS = 8;

/** A login that the index has only to accept. */
export interface ReadyLogin {
  readonly keys: SessionKeys;
  /** The index's long-term key, proven to be behind this password. */
  readonly indexKey: string;
  readonly datagram: Uint8Array;
}

/** Why an attempt comes to nothing. */
export type LoginFailure =
  /** The password is wrong, or there is no such user. */
  | { readonly kind: "refused" }
  /** There were too many attempts. */
  | { readonly kind: "busy"; readonly seconds: number };

/**
 * One attempt to log in: makes what is to be sent out of what has come. A server with several
 * addresses may answer from another one than was asked, and so may anybody else: such answers can
 * help, but they cannot end an attempt.
 */
export class SealedLoginAttempt {
  readonly #user: string;
  readonly #password: string;
  readonly #state: string;
  readonly #ke1: string;
  #token: string | undefined;
  #isOwnToken = false;
  #strangeTokens = 0;
  #tried = 0;
  #strangeTried = 0;
  /** Why the attempt fails, if the index said so. */
  failure: LoginFailure | undefined;
  /** Why it may fail: what was said from elsewhere. */
  doubtfulFailure: LoginFailure | undefined;

  private constructor(user: string, password: string) {
    const { clientLoginState, startLoginRequest } = client.startLogin({ password });
    this.#user = user;
    this.#password = password;
    this.#state = clientLoginState;
    this.#ke1 = startLoginRequest;
  }

  /** Begins an attempt. */
  static async begin(user: string, password: string): Promise<SealedLoginAttempt> {
    await ready;
    return new SealedLoginAttempt(user, password);
  }

  /** The hello to send now. */
  hello(): Uint8Array {
    const [user, ke1, token] = [this.#user, this.#ke1, this.#token];
    return encodeSealedDatagram({ kind: "hello", user, ke1, token });
  }

  /** Takes the proof of address to repeat. Returns whether it is a new one. */
  takeToken(token: string, isFromIndex = true): boolean {
    if (!isFromIndex && (this.#isOwnToken || this.#strangeTokens++ >= MOST_STRANGE_TOKENS)) {
      return false;
    }
    const isNew = token !== this.#token;
    this.#token = token;
    this.#isOwnToken = isFromIndex;
    return isNew;
  }

  /**
   * Answers a challenge, or returns `undefined` if it is not the index's to this user and password:
   * a forged one and a wrong password look the same.
   */
  answer(challenge: Challenge, login: SealedLogin, isFromIndex = true): ReadyLogin | undefined {
    if (!this.#mayTry(isFromIndex)) return undefined;
    const { cookie, ke2, stretching } = challenge;
    const proof = this.#prove(ke2, stretching);
    if (!proof) this.fail({ kind: "refused" }, isFromIndex);
    if (!proof) return undefined;
    const keys = deriveSessionKeys(proof.sessionKey);
    const box = seal(keys.toIndex, 0, messageHeader(keys.session, 0), encodeSealedLogin(login));
    const ke3 = proof.finishLoginRequest;
    const datagram = encodeSealedDatagram({ kind: "login", cookie, ke3, box });
    return { keys, indexKey: proof.serverStaticPublicKey, datagram };
  }

  /** Takes in that somebody said that the attempt fails. */
  fail(failure: LoginFailure, isFromIndex: boolean): void {
    if (isFromIndex) this.failure = failure;
    else this.doubtfulFailure = failure;
  }

  #mayTry(isFromIndex: boolean): boolean {
    if (isFromIndex) return this.#tried++ < MOST_CHALLENGES;
    return this.#strangeTried++ < MOST_STRANGE_CHALLENGES;
  }

  #prove(ke2: string, stretching: Challenge["stretching"]) {
    try {
      return client.finishLogin({
        clientLoginState: this.#state,
        loginResponse: ke2,
        password: this.#password,
        keyStretching: KEY_STRETCHING[stretching],
      });
    } catch {
      return undefined;
    }
  }
}
