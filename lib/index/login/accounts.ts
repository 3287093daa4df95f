/**
 * Who may log in: the users of a credentials file.
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { credentialFault } from "../../protocol/names.ts";
import type { Stretching } from "../../protocol/sealed_datagram.ts";

/** Begins a secret that proves a password without holding it: a record of OPAQUE. */
export const RECORD_PREFIX = "opaque:2:";
/** Begins such a secret that needs no stretching, as its password is 128 random bits or more. */
export const LIGHT_RECORD_PREFIX = "opaque:2:light:";
/** Began the records of the version before, which were not bound to their user: they prove nothing. */
const OUTDATED_PREFIX = "opaque:";
/** Begins the secret of a disabled user. */
export const DISABLED_PREFIX = "disabled:";

const RECORD = /^[A-Za-z0-9_-]{256}$/;

/** The users and their secrets: a password in clear, or {@linkcode RECORD_PREFIX} and a record. */
export class Accounts {
  readonly #secrets: ReadonlyMap<string, string>;
  readonly #enabled: readonly string[];
  /** Users, be they disabled or not, whose password has to be set again before they may log in. */
  readonly outdated: readonly string[];
  /** The users whose passwords are kept as records and stretched, be they disabled or outdated. */
  readonly strongUsers: readonly string[];

  private constructor(secrets: ReadonlyMap<string, string>) {
    this.#secrets = secrets;
    this.#enabled = [...secrets.keys()].filter((user) => this.secretOf(user) !== undefined);
    const usersWith = (isMeant: (secret: string) => boolean) => {
      return [...secrets].filter(([, secret]) => isMeant(secret)).map(([user]) => user);
    };
    this.outdated = usersWith(isOutdated);
    this.strongUsers = usersWith(isStrong);
  }

  /**
   * The accounts in the text of a credentials file: one `user password` or `user opaque:2:<record>` (or `light:` before it) a
   * line; empty lines and lines that begin with `#` do not count. A text of nothing at all is one that
   * an editor is about to write: it must not end every session.
   *
   * @throws {BitTrickleError} `usage`, naming the first bad line
   */
  static parse(text: string): Accounts {
    const secrets = new Map<string, string>();
    const firstLine = new Map<string, number>();
    for (const [i, raw] of text.split("\n").entries()) {
      const line = raw.trim();
      if (line === "" || line.startsWith("#")) continue;
      const [user, secret] = parseLine(line, i + 1);
      const earlier = firstLine.get(user);
      if (earlier) throw badLine(i + 1, `user "${user}" is already on line ${earlier}`);
      firstLine.set(user, i + 1);
      secrets.set(user, secret);
    }
    if (text.trim() === "") {
      throw new BitTrickleError(
        "usage",
        "no line holds a user; write one with a user name, a space and a password",
      );
    }
    return new Accounts(secrets);
  }

  /** How many users may log in. */
  get size(): number {
    return this.#enabled.length;
  }

  /** Whether there are records, of anybody, that only the server's present key opens. */
  get hasRecords(): boolean {
    return this.#secrets.values().some(isPresentRecord);
  }

  /** How passwords are stretched here: all of them, none, or some of both. */
  get stretching(): Stretching | "both" {
    const strong = this.strongUsers.length;
    if (strong === this.#secrets.size) return "strong";
    return strong === 0 ? "light" : "both";
  }

  /** The users who may log in. */
  get users(): readonly string[] {
    return this.#enabled;
  }

  /** All users, be they disabled or outdated. */
  get all(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  /** Whether there is a user of that name, disabled or not. */
  has(user: string): boolean {
    return this.#secrets.has(user);
  }

  /** Whether `user` is one who may not log in until an operator says so. */
  isDisabled(user: string): boolean {
    return this.#secrets.get(user)?.startsWith(DISABLED_PREFIX) ?? false;
  }

  /** The secret of `user`, or `undefined` if there is none by which this user may log in. */
  secretOf(user: string): string | undefined {
    return this.isDisabled(user) ? undefined : this.proofOf(user);
  }

  /** What proves that somebody is `user`, who may be disabled: only who has proven it is told so. */
  proofOf(user: string): string | undefined {
    const secret = this.#secrets.get(user);
    return secret === undefined || isOutdated(secret) ? undefined : enabledSecret(secret);
  }

  /**
   * Whether `password` is that of `user`, who may be disabled. Takes as long for an unknown user as
   * for a wrong password. A user whose password the index does not know can only log in with
   * protocol 2.
   */
  verify(user: string, password: string): boolean {
    const secret = this.proofOf(user);
    const stored = secret?.startsWith(RECORD_PREFIX) ? undefined : secret;
    const matches = timingSafeEqual(digest(password), digest(stored ?? ""));
    return matches && stored !== undefined;
  }
}

/** Whether `secret`, of a user who is disabled or not, is an OPAQUE record, be it outdated. */
export function isRecord(secret: string): boolean {
  return enabledSecret(secret).startsWith(OUTDATED_PREFIX);
}

/** Whether `secret` is a record of this version, which only the server's key opens. */
export function isPresentRecord(secret: string): boolean {
  return enabledSecret(secret).startsWith(RECORD_PREFIX);
}

/** Whether `secret` is a record whose password is stretched. */
function isStrong(secret: string): boolean {
  return isRecord(secret) && !enabledSecret(secret).startsWith(LIGHT_RECORD_PREFIX);
}

/** OPAQUE's record in `secret`, of an enabled user, and the stretching that goes with it. */
export function recordIn(
  secret: string,
): { readonly record: string; readonly stretching: Stretching } {
  const stretching = isStrong(secret) ? "strong" : "light";
  return { record: secret.slice(prefixOf(secret).length), stretching };
}

function prefixOf(secret: string): string {
  if (isOutdated(secret)) return OUTDATED_PREFIX;
  return isStrong(secret) ? RECORD_PREFIX : LIGHT_RECORD_PREFIX;
}

/** Whether `secret` is a record of the version before. */
export function isOutdated(secret: string): boolean {
  return isRecord(secret) && !isPresentRecord(secret);
}

/** `secret` as it is while its user is enabled. */
export function enabledSecret(secret: string): string {
  return secret.replace(DISABLED_PREFIX, "");
}

function parseLine(line: string, number: number): [user: string, secret: string] {
  const [user = "", secret, ...rest] = line.split(/\s+/);
  if (secret === undefined || rest.length > 0) {
    throw badLine(number, "expected a user name, a space and a password");
  }
  const userFault = credentialFault(user);
  if (userFault) throw badLine(number, `bad user name "${escapeText(user)}": ${userFault}`);
  const fault = secretFault(enabledSecret(secret));
  if (fault) throw badLine(number, fault);
  return [user, secret];
}

function secretFault(secret: string): string | undefined {
  if (isRecord(secret)) {
    const isWhole = RECORD.test(recordIn(secret).record);
    return isWhole ? undefined : "bad opaque record: it is not 256 characters of base64url";
  }
  const fault = credentialFault(secret);
  return fault && `bad password: ${fault}`;
}

function badLine(number: number, reason: string): BitTrickleError {
  return new BitTrickleError("usage", `line ${number}: ${reason}`);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
