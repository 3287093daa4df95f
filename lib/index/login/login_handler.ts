/**
 * Logging in with protocol 2, without state for unauthenticated clients.
 *
 * @module
 */

import { server } from "@serenity-kit/opaque";
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { KEY_BYTES, open, seal } from "../../protocol/aead.ts";
import { LOGIN_STEP_MS } from "../../protocol/limits.ts";
import { encodeSealedDatagram, type SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { deriveSessionKeys, type SessionKeys } from "../../protocol/session_keys.ts";
import { AddressTokens } from "./address_token.ts";
import type { Accounts } from "./accounts.ts";
import { LoginRates } from "./login_rates.ts";
import type { LoginThrottle } from "./login_throttle.ts";
import type { LoginRecords } from "./login_records.ts";

type Hello = SealedDatagram & { kind: "hello" };
type Login = SealedDatagram & { kind: "login" };

/** A user who has proven to know the password. */
export interface Proven {
  readonly user: string;
  readonly keys: SessionKeys;
}

/** Who may log in, and who has to wait. */
export interface LoginGate {
  readonly accounts: Accounts;
  readonly throttle: LoginThrottle;
  readonly loginRates: LoginRates;
}

/**
 * What travels in a cookie: all that the index has to know between the two steps of a login. It goes
 * index -> client -> index, in base64url:
 *
 *     0   8  number of the box, u64 big-endian
 *     8      box, to the end, under the header `host:port` of the client; in it the fields below, in
 *            their order, as UTF-8 text with spaces between them
 */
interface CookieContent {
  readonly issued: number;
  /** Stands for the secret that the login is about: a cookie does not survive its change. */
  readonly secretTag: string;
  /** The state of OPAQUE. */
  readonly state: string;
  readonly user: string;
}

const COUNTER_BYTES = 8;

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
  readonly #tokens = new AddressTokens();
  readonly #cookieKey = randomBytes(KEY_BYTES);
  readonly #proofRates = new LoginRates();
  #cookies = 0;

  constructor(gate: LoginGate, setup: string, records: LoginRecords) {
    this.#gate = gate;
    this.#setup = setup;
    this.#records = records;
  }

  /** The answer to a hello: address validation first, work only after it. */
  hello(hello: Hello, from: Address, now: number): Uint8Array | LoginWork<Uint8Array> | undefined {
    const { user, ke1, token } = hello;
    if (token === undefined || !this.#tokens.isGood(token, from, now)) {
      return encodeSealedDatagram({ kind: "retry", token: this.#tokens.issue(from, now) });
    }
    const { throttle, loginRates } = this.#gate;
    if (!loginRates.take(from.hostname, now)) return undefined;
    const wait = throttle.wait(user, from.hostname, now, ke1);
    if (wait > 0) return encodeSealedDatagram({ kind: "busy", seconds: Math.ceil(wait / 1_000) });
    throttle.failed(user, from.hostname, now, ke1);
    return () => this.#challenge(user, ke1, from, now);
  }

  /** Finds out who sent a login, if its cookie is good. */
  login({ cookie, ke3 }: Login, from: Address, now: number): LoginWork<Proven> | undefined {
    const content = this.#openCookie(cookie, from, now);
    if (!content || !this.#proofRates.take(from.hostname, now)) return undefined;
    return () => this.#prove(content, ke3, from);
  }

  #prove(content: CookieContent, ke3: string, from: Address): Proven | undefined {
    if (this.#secretTag(content.user) !== content.secretTag) return undefined;
    try {
      const { sessionKey } = server.finishLogin({
        serverLoginState: content.state,
        finishLoginRequest: ke3,
      });
      this.#gate.throttle.succeeded(content.user, from.hostname);
      return { user: content.user, keys: deriveSessionKeys(sessionKey) };
    } catch {
      return undefined; // The password was wrong, or there is no such user.
    }
  }

  #challenge(user: string, ke1: string, from: Address, now: number): Uint8Array | undefined {
    const { record, stretching } = this.#records.of(user, this.#gate.accounts);
    try {
      const { serverLoginState, loginResponse } = server.startLogin({
        serverSetup: this.#setup,
        userIdentifier: user,
        registrationRecord: record,
        startLoginRequest: ke1,
      });
      const secretTag = this.#secretTag(user);
      const content = { issued: now, secretTag, state: serverLoginState, user };
      const cookie = this.#sealCookie(content, from);
      return encodeSealedDatagram({ kind: "challenge", cookie, ke2: loginResponse, stretching });
    } catch {
      return undefined; // Not a message of OPAQUE.
    }
  }

  #sealCookie({ issued, secretTag, state, user }: CookieContent, from: Address): string {
    const number = this.#cookies++;
    const counter = Buffer.alloc(COUNTER_BYTES);
    counter.writeBigUInt64BE(BigInt(number));
    const content = Buffer.from([issued, secretTag, state, user].join(" "));
    const box = seal(this.#cookieKey, number, Buffer.from(formatAddress(from)), content);
    return Buffer.concat([counter, box]).toString("base64url");
  }

  #openCookie(cookie: string, from: Address, now: number): CookieContent | undefined {
    const bytes = Buffer.from(cookie, "base64url");
    if (bytes.length <= COUNTER_BYTES) return undefined;
    const number = Number(bytes.readBigUInt64BE());
    if (number >= this.#cookies) return undefined;
    const header = Buffer.from(formatAddress(from));
    const content = open(this.#cookieKey, number, header, bytes.subarray(COUNTER_BYTES));
    if (!content) return undefined;
    const [time, secretTag, state, user] = Buffer.from(content).toString().split(" ");
    const issued = Number(time);
    const isFresh = now - issued >= 0 && now - issued <= LOGIN_STEP_MS;
    return isFresh ? { issued, secretTag: secretTag!, state: state!, user: user! } : undefined;
  }

  #secretTag(user: string): string {
    const hash = createHash("sha256").update(this.#gate.accounts.secretOf(user) ?? "");
    return hash.digest("base64url").slice(0, 11);
  }
}
