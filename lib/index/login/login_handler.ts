/**
 * Logging in with protocol 2, without state for unauthenticated clients.
 *
 * @module
 */

import { server } from "@serenity-kit/opaque";
import { createHash } from "node:crypto";
import type { Address } from "../../protocol/address.ts";
import { PROOFS_PER_HOST } from "../../protocol/limits.ts";
import { opaqueIdentifiers } from "../../protocol/opaque_settings.ts";
import {
  echoOf,
  encodeSealedDatagram,
  type Hello,
  type Login,
  signedTextOf,
} from "../../protocol/sealed_datagram.ts";
import { Signer } from "../../protocol/signature.ts";
import { AddressTokens } from "./address_token.ts";
import type { Accounts } from "./accounts.ts";
import { LoginCookies, type LoginState, SECRET_TAG_BYTES } from "./cookies.ts";
import type { Invitations } from "./invitations.ts";
import { LoginRates } from "./login_rates.ts";
import type { LoginThrottle } from "./login_throttle.ts";
import type { LoginRecords } from "./login_records.ts";
import { deriveServerKeys } from "./server_keys.ts";

/**
 * For how long a server that is cut off from the others of its fleet sends clients away, in seconds: to the other
 * servers, which takes no time, or if all are cut off until they may be back.
 */
const CUT_OFF_S = 1;

/** A user who has proven to know the password. */
export interface Proven {
  readonly user: string;
  /** Whether it was the password when the login began, and is no more. */
  readonly isOutdated: boolean;
  /** OPAQUE's, in base64url, from which all keys of the session are derived. */
  readonly sessionKey: string;
}

/** Who may log in, and who has to wait. */
export interface LoginGate {
  readonly admission: { isOpen(now: number): boolean };
  readonly accounts: Accounts;
  readonly invitations: Invitations;
  readonly throttle: LoginThrottle;
  readonly loginRates: LoginRates;
}

/** What becomes of a hello: an answer, or work that makes the challenge. */
export type Greeting =
  | { readonly kind: "retry" | "busy" | "unable"; readonly datagram: Uint8Array }
  | { readonly kind: "challenge"; readonly work: LoginWork<Uint8Array> }
  | { readonly kind: "dropped" };

/** What takes milliseconds, and makes `T` or nothing. */
export type LoginWork<T> = () => T | undefined;

/**
 * Turns hellos into challenges and logins into proven users. Everything that can be checked without
 * much work is checked at once: only what passes is handed over to be done in its turn.
 */
export class LoginHandler {
  readonly #gate: LoginGate;
  readonly #setup: string;
  readonly #records: LoginRecords;
  readonly #signer: Signer;
  readonly #tokens = new AddressTokens();
  readonly #cookies = new LoginCookies();
  readonly #proofRates = new LoginRates(PROOFS_PER_HOST);

  /** @param setup The server's long-term key, as `server.createSetup()` made it. */
  constructor(gate: LoginGate, setup: string, records: LoginRecords) {
    this.#gate = gate;
    this.#setup = setup;
    this.#signer = new Signer(deriveServerKeys(setup).signingSeed);
    this.#records = records;
  }

  /** Verifies what is signed here, in base64url. */
  get signingKey(): string {
    return this.#signer.publicKey;
  }

  /** The answer to a hello: address validation first, work only after it. */
  hello(hello: Hello, from: Address, now: number): Greeting {
    const { user, ke1, token } = hello;
    if (token === undefined || !this.#tokens.isGood(token, from, now)) {
      const token = this.#tokens.issue(from, now);
      const datagram = encodeSealedDatagram({ kind: "retry", echo: echoOf(ke1), token });
      return { kind: "retry", datagram };
    }
    const { throttle, loginRates } = this.#gate;
    if (!loginRates.take(from.hostname, now)) return { kind: "dropped" };
    if (!this.#gate.admission.isOpen(now)) {
      return this.#wait("unable", hello, CUT_OFF_S);
    }
    const wait = throttle.wait(user, from.hostname, now, ke1);
    if (wait > 0) return this.#wait("busy", hello, Math.ceil(wait / 1_000));
    throttle.begun(user, from.hostname, now, ke1);
    return { kind: "challenge", work: () => this.#challenge(hello, from, now) };
  }

  /** Finds out who sent a login, if its cookie is good. */
  login({ cookie, ke3 }: Login, from: Address, now: number): LoginWork<Proven> | undefined {
    const state = this.#cookies.open(cookie, from, now);
    if (!state || !this.#proofRates.take(from.hostname, now)) return undefined;
    return () => this.#prove(state, ke3, from);
  }

  #prove({ user, state, secretTag }: LoginState, ke3: string, from: Address): Proven | undefined {
    const isOutdated = !this.#secretTag(user).equals(secretTag);
    try {
      const { sessionKey } = server.finishLogin({
        serverLoginState: state,
        finishLoginRequest: ke3,
        identifiers: opaqueIdentifiers(user),
      });
      if (!isOutdated) this.#gate.throttle.succeeded(user, from.hostname);
      return { user, isOutdated, sessionKey };
    } catch {
      return undefined; // The password was wrong, or there is no such user.
    }
  }

  #challenge(hello: Hello, from: Address, now: number): Uint8Array | undefined {
    const { user, ke1 } = hello;
    const { record, stretching } = this.#records.of(
      user,
      this.#gate.accounts,
      this.#gate.invitations,
    );
    const started = this.#start(hello, record);
    if (!started) return undefined;
    const { serverLoginState: state, loginResponse: ke2 } = started;
    const cookie = this.#cookies.issue(
      { secretTag: this.#secretTag(user), state, user },
      from,
      now,
    );
    const answer = { kind: "challenge" as const, echo: echoOf(ke1), cookie, ke2, stretching };
    const signature = this.#signer.sign(signedTextOf(answer, hello));
    return encodeSealedDatagram({ ...answer, signature });
  }

  #start({ user, ke1 }: Hello, record: string | null) {
    try {
      return server.startLogin({
        serverSetup: this.#setup,
        userIdentifier: user,
        registrationRecord: record,
        startLoginRequest: ke1,
        identifiers: opaqueIdentifiers(user),
      });
    } catch {
      return undefined; // Not a message of OPAQUE.
    }
  }

  #wait(kind: "busy" | "unable", hello: Hello, seconds: number): Greeting {
    const answer = { kind, echo: echoOf(hello.ke1), seconds };
    const signature = this.#signer.sign(signedTextOf(answer, hello));
    return { kind, datagram: encodeSealedDatagram({ ...answer, signature }) };
  }

  #secretTag(user: string) {
    const hash = createHash("sha256").update(this.#gate.accounts.proofOf(user) ?? "");
    return hash.digest().subarray(0, SECRET_TAG_BYTES);
  }
}
