/**
 * The client's half of a login with protocol 2: OPAQUE (RFC 9807) over datagrams that get lost, and
 * that anybody on the way can read and forge.
 *
 * @module
 */

import { client, ready } from "@serenity-kit/opaque";
import type { Address } from "../../protocol/address.ts";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../protocol/opaque_settings.ts";
import {
  type Busy,
  type Challenge,
  CUT_OFF,
  echoOf,
  encodeSealedDatagram,
  LOGIN_HEADER,
  type Retry,
  signedTextOf,
  type Stretching,
  type Unable,
} from "../../protocol/sealed_datagram.ts";
import { encodeSealedLogin, type SealedLogin } from "../../protocol/login_text.ts";
import { sealText } from "../../protocol/sealed_text.ts";
import { deriveLoginKey } from "../../protocol/session_keys.ts";
import { isSignedBy } from "../../protocol/signature.ts";
import type { ExpectedServer } from "./expected_servers.ts";

/** Proofs of address that make the client send at once: strangers must not make it flood. */
const MOST_HURRIES = 8;
/** Proofs of address that an answer may be to: each costs a look at its signature. */
const MOST_TOKENS = 4;

/** A login that the index has only to accept. */
export interface ReadyLogin {
  /** OPAQUE's, from which all keys of the session are derived. */
  readonly sessionKey: string;
  /** The index's long-term key, proven to be behind this password. */
  readonly indexKey: string;
  readonly stretching: Stretching;
  readonly datagram: Uint8Array;
}

/** Why an attempt comes to nothing. */
export type LoginFailure =
  /** The password is wrong, or there is no such user. */
  | { readonly kind: "refused" }
  /** There were too many attempts. */
  | { readonly kind: "busy"; readonly seconds: number }
  /** The server can let in nobody just now. */
  | { readonly kind: "unable"; readonly seconds: number; readonly reason: string }
  /** Nobody but others than the server that is known has answered. */
  | { readonly kind: "forged"; readonly knownAs: Address }
  /** The server has another key than the other servers of its index, or is known by another one. */
  | { readonly kind: "foreign"; readonly knownAs: Address }
  /** The server has the password in clear, which it had not. */
  | { readonly kind: "weakened"; readonly user: string; readonly knownAs: Address };

/** Whoever sends one of several unsigned challenges guesses a password, and sees whether it is right. */
const MOST_UNSIGNED_CHALLENGES = 2;

/** How many challenges that nobody can tell from forged ones may yet be tried, on all links together. */
export class GuessAllowance {
  #left = MOST_UNSIGNED_CHALLENGES;

  /** Takes one, if any is left. */
  take(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  /** Whether none is left. */
  get isUsedUp(): boolean {
    return this.#left === 0;
  }
}

/** By what an attempt tells the index from others. */
export interface AttemptTrust {
  /** The server that is expected, if any is. */
  readonly known: ExpectedServer | undefined;
  readonly allowance: GuessAllowance;
}

/** Which unsigned failure is reported, if there are several. */
const TOLD_FIRST: readonly LoginFailure["kind"][] = [
  "forged",
  "foreign",
  "refused",
  "busy",
  "unable",
];

/**
 * One attempt to log in: makes what is to be sent out of what has come. An answer counts from
 * whatever address, if it repeats what only who has seen the hello can know; and if the index's key
 * is known, only with its signature, which is checked before any work is done.
 */
export class SealedLoginAttempt {
  readonly #user: string;
  readonly #password: string;
  readonly trust: AttemptTrust;
  readonly #state: string;
  readonly #ke1: string;
  readonly #echo: string;
  readonly #tried = new Set<string>();
  readonly #doubts = new Map<LoginFailure["kind"], LoginFailure>();
  /** Those that went with a hello, the newest first: an answer is signed for one of them. */
  #tokens: readonly string[] = [];
  #hurries = 0;
  /** Why the attempt fails, as the index itself has said. */
  failure: LoginFailure | undefined;

  private constructor(user: string, password: string, trust: AttemptTrust) {
    const { clientLoginState, startLoginRequest } = client.startLogin({ password });
    this.#user = user;
    this.#password = password;
    this.trust = trust;
    this.#state = clientLoginState;
    this.#ke1 = startLoginRequest;
    this.#echo = echoOf(startLoginRequest);
  }

  /** Begins an attempt. */
  static async begin(
    { user, password }: { readonly user: string; readonly password: string },
    trust: AttemptTrust,
  ): Promise<SealedLoginAttempt> {
    await ready;
    return new SealedLoginAttempt(user, password, trust);
  }

  /** Why the attempt may fail, as anybody can have said. */
  get doubt(): LoginFailure | undefined {
    return TOLD_FIRST.map((kind) => this.#doubts.get(kind)).find((doubt) => doubt);
  }

  /** Whether the index has asked for a proof of the address, and nothing has come after it. */
  get isInCrowd(): boolean {
    return this.#tokens.length > 0 && this.doubt === undefined;
  }

  /** The hello to send now. */
  hello(): Uint8Array {
    const [user, ke1, token] = [this.#user, this.#ke1, this.#tokens[0]];
    return encodeSealedDatagram({ kind: "hello", user, ke1, token });
  }

  /** Takes the proof of address to repeat. Returns whether to do so at once. */
  takeToken({ echo, token }: Retry): boolean {
    if (echo !== this.#echo || token === this.#tokens[0]) return false;
    this.#tokens = [token, ...this.#tokens].slice(0, MOST_TOKENS);
    return this.#hurries++ < MOST_HURRIES;
  }

  /** Takes in that this login has to wait. */
  takeWait(wait: Busy | Unable): void {
    if (wait.echo !== this.#echo || !this.#isTrusted(wait)) return;
    const { kind, seconds } = wait;
    if (kind === "busy") this.#fail({ kind, seconds });
    else this.#fail({ kind, seconds, reason: `${CUT_OFF}, or again in ${seconds} s` });
  }

  /**
   * Answers a challenge, or returns `undefined` if it is not the index's to this user and password.
   * Without the index's key, a forged one and a wrong password look the same.
   */
  answer(challenge: Challenge, login: SealedLogin): ReadyLogin | undefined {
    const { echo, cookie, ke2, stretching } = challenge;
    if (this.failure || echo !== this.#echo || this.#tried.has(ke2)) return undefined;
    if (!this.#isTrusted(challenge) || !this.#mayTry(ke2)) return undefined;
    const { known } = this.trust;
    if (known && stretching === "light" && known.strongUsers.includes(this.#user)) {
      return this.#fail({ kind: "weakened", user: this.#user, knownAs: known.knownAs });
    }
    const proof = this.#prove(ke2, stretching);
    if (!proof) return this.#fail({ kind: "refused" });
    const { sessionKey, finishLoginRequest: ke3, serverStaticPublicKey: indexKey } = proof;
    if (known && known.opaqueKey !== indexKey) return this.#doubt(forged(known));
    const text = encodeSealedLogin(login);
    const box = sealText(deriveLoginKey(sessionKey), 0, LOGIN_HEADER, text);
    const datagram = encodeSealedDatagram({ kind: "login", cookie, ke3, box });
    return { sessionKey, indexKey, stretching, datagram };
  }

  /** Whether the index said `answer`, as far as can be known. */
  #isTrusted(answer: Challenge | Busy | Unable): boolean {
    const { known } = this.trust;
    if (known?.signingKey === undefined) return true;
    const { signingKey } = known;
    const isSigned = this.#tokens.some((token) => {
      const text = signedTextOf(answer, { user: this.#user, ke1: this.#ke1, token });
      return isSignedBy(signingKey, text, answer.signature);
    });
    if (!isSigned) this.#doubt(forged(known));
    return isSigned;
  }

  /** One `ke2` is answered once: with another cookie it would make a second login of one key. */
  #mayTry(ke2: string): boolean {
    const isSigned = this.trust.known?.signingKey !== undefined;
    if (!isSigned && !this.trust.allowance.take()) return false;
    this.#tried.add(ke2);
    return true;
  }

  #fail(failure: LoginFailure): undefined {
    if (this.trust.known?.signingKey === undefined) this.#doubt(failure);
    else this.failure = failure;
  }

  #doubt(failure: LoginFailure): undefined {
    this.#doubts.set(failure.kind, failure);
  }

  #prove(ke2: string, stretching: Stretching) {
    try {
      return client.finishLogin({
        clientLoginState: this.#state,
        loginResponse: ke2,
        password: this.#password,
        keyStretching: KEY_STRETCHING[stretching],
        identifiers: opaqueIdentifiers(this.#user),
      });
    } catch {
      return undefined;
    }
  }
}

function forged({ knownAs, isKnownElsewhere }: ExpectedServer): LoginFailure {
  return { kind: isKnownElsewhere ? "foreign" : "forged", knownAs };
}
