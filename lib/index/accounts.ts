/**
 * Who may log in: the user names and passwords of a credentials file.
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { credentialFault } from "../protocol/names.ts";

/** The users and their passwords. */
export class Accounts {
  readonly #passwords: ReadonlyMap<string, string>;

  private constructor(passwords: ReadonlyMap<string, string>) {
    this.#passwords = passwords;
  }

  /**
   * The accounts in the text of a credentials file: one `user password` a line; empty lines and
   * lines that begin with `#` do not count.
   *
   * @throws {BitTrickleError} `usage`, naming the first bad line
   */
  static parse(text: string): Accounts {
    const passwords = new Map<string, string>();
    const firstLine = new Map<string, number>();
    for (const [i, raw] of text.split("\n").entries()) {
      const line = raw.trim();
      if (line === "" || line.startsWith("#")) continue;
      const [user, password] = parseLine(line, i + 1);
      const earlier = firstLine.get(user);
      if (earlier) throw badLine(i + 1, `user "${user}" is already on line ${earlier}`);
      firstLine.set(user, i + 1);
      passwords.set(user, password);
    }
    if (passwords.size === 0) throw new BitTrickleError("usage", "no line holds a user");
    return new Accounts(passwords);
  }

  /** How many users there are. */
  get size(): number {
    return this.#passwords.size;
  }

  /** Whether `password` is `user`'s. Takes as long for an unknown user as for a wrong password. */
  verify(user: string, password: string): boolean {
    const stored = this.#passwords.get(user);
    const matches = timingSafeEqual(digest(password), digest(stored ?? ""));
    return matches && stored !== undefined;
  }
}

function parseLine(line: string, number: number): [user: string, password: string] {
  const [user = "", password, ...rest] = line.split(/\s+/);
  if (password === undefined || rest.length > 0) {
    throw badLine(number, "expected a user name, a space and a password");
  }
  const userFault = credentialFault(user);
  if (userFault) throw badLine(number, `bad user name "${escapeText(user)}": ${userFault}`);
  const passwordFault = credentialFault(password);
  if (passwordFault) throw badLine(number, `bad password: ${passwordFault}`);
  return [user, password];
}

function badLine(number: number, reason: string): BitTrickleError {
  return new BitTrickleError("usage", `line ${number}: ${reason}`);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
