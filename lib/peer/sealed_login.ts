/**
 * The client's half of a login with protocol 2: OPAQUE (RFC 9807) over datagrams that get lost.
 *
 * @module
 */

import { client, ready } from "@serenity-kit/opaque";
import { BitTrickleError } from "../errors.ts";
import { seal } from "../protocol/box.ts";
import {
  encodeSealedDatagram,
  messageHeader,
  type SealedDatagram,
} from "../protocol/sealed_datagram.ts";
import { encodeSealedLogin, type SealedLogin } from "../protocol/sealed_request.ts";
import { deriveSessionKeys, type SessionKeys } from "../protocol/session_keys.ts";
import { KEY_STRETCHING } from "../protocol/stretching.ts";

type Challenge = SealedDatagram & { kind: "challenge" };

/** Challenges that are tried before one hello: each may cost a stretching of the password. */
const MOST_CHALLENGES = 8;

/** A login that the index has only to accept. */
export interface ReadyLogin {
  readonly keys: SessionKeys;
  /** The index's long-term key, proven to be behind this password. */
  readonly indexKey: string;
  readonly datagram: Uint8Array;
}

/** One attempt to log in: makes what is to be sent out of what has come. */
export class SealedLoginAttempt {
  readonly #user: string;
  readonly #password: string;
  readonly #state: string;
  readonly #ke1: string;
  #token: string | undefined;
  #tried = 0;
  /** Set when a challenge came that this password does not answer. */
  hasFailed = false;
  /** Set when the index said how many seconds to wait. */
  busySeconds: number | undefined;

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
  takeToken(token: string): boolean {
    const isNew = token !== this.#token;
    this.#token = token;
    return isNew;
  }

  /**
   * Answers a challenge, or returns `undefined` if it is not the index's to this user and password:
   * a forged one and a wrong password look the same.
   */
  answer({ cookie, ke2, stretching }: Challenge, login: SealedLogin): ReadyLogin | undefined {
    if (this.#tried++ >= MOST_CHALLENGES) return undefined;
    const proof = this.#prove(ke2, stretching);
    this.hasFailed = !proof;
    if (!proof) return undefined;
    const keys = deriveSessionKeys(proof.sessionKey);
    const box = seal(keys.toIndex, 0, messageHeader(keys.session, 0), encodeSealedLogin(login));
    const ke3 = proof.finishLoginRequest;
    const datagram = encodeSealedDatagram({ kind: "login", cookie, ke3, box });
    return { keys, indexKey: proof.serverStaticPublicKey, datagram };
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

/** The error for a login that a wrong password, or an unknown user, ended. */
export function loginRefused(): BitTrickleError {
  return new BitTrickleError("login_refused", "Authentication failed. Please try again.");
}
