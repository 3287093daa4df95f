/**
 * Editing the text of a credentials file, a line at a time; comments and order stay.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { credentialFault } from "../../protocol/names.ts";
import { DISABLED_PREFIX, enabledSecret } from "./accounts.ts";

/** One user's line. */
interface Entry {
  readonly at: number;
  readonly secret: string;
}

/** How the first line of the example file of this repository begins. */
const EXAMPLE_MARK = "# Example users of this repository";

/** Whether this is the example file, whose passwords everybody can read. */
export function isExample(text: string): boolean {
  return text.startsWith(EXAMPLE_MARK);
}

/** The users of the file, in order, with their secrets. */
export function usersIn(text: string): [user: string, secret: string][] {
  return text.split("\n").flatMap((line): [string, string][] => {
    const [user = "", secret] = line.trim().split(/\s+/);
    return user === "" || user.startsWith("#") || secret === undefined ? [] : [[user, secret]];
  });
}

/**
 * Adds a line for `user`.
 *
 * @throws {BitTrickleError} `exists` or `usage`
 */
export function addUser(text: string, user: string, secret: string): string {
  assertNewName(text, user);
  const isWhole = text === "" || text.endsWith("\n");
  return `${text}${isWhole ? "" : "\n"}${user} ${secret}\n`;
}

/**
 * Makes sure that a line for `user` can be added.
 *
 * @throws {BitTrickleError} `exists` or `usage`
 */
export function assertNewName(text: string, user: string): void {
  const fault = user.startsWith("#") ? "it begins with #" : credentialFault(user);
  if (fault) throw new BitTrickleError("usage", `Cannot add the user: bad name: ${fault}`);
  if (!find(text, user)) return;
  const advice = "choose another name, or set a new password by `user passwd`";
  throw new BitTrickleError("exists", `The user "${user}" is already there: ${advice}`);
}

/**
 * Replaces the secret of `user`, who stays disabled if disabled.
 *
 * @throws {BitTrickleError} `not_found`
 */
export function setSecret(text: string, user: string, secret: string): string {
  const isDisabled = entryOf(text, user).secret.startsWith(DISABLED_PREFIX);
  return replace(text, user, (isDisabled ? DISABLED_PREFIX : "") + secret);
}

/**
 * Lets `user` in no more, or again.
 *
 * @throws {BitTrickleError} `not_found`
 */
export function setDisabled(text: string, user: string, isDisabled: boolean): string {
  const bare = enabledSecret(entryOf(text, user).secret);
  return replace(text, user, (isDisabled ? DISABLED_PREFIX : "") + bare);
}

/** What a file without users says, as one that says nothing may be half written. */
const NO_USERS = "# no users\n";

/**
 * Takes `user` out.
 *
 * @throws {BitTrickleError} `not_found`
 */
export function removeUser(text: string, user: string): string {
  const left = text.split("\n").toSpliced(entryOf(text, user).at, 1).join("\n");
  return left.trim() === "" ? NO_USERS : left;
}

function replace(text: string, user: string, secret: string): string {
  const lines = text.split("\n");
  const { at } = entryOf(text, user);
  const lineEnd = lines[at]!.endsWith("\r") ? "\r" : "";
  return lines.with(at, `${user} ${secret}${lineEnd}`).join("\n");
}

function entryOf(text: string, user: string): Entry {
  const entry = find(text, user);
  if (!entry) {
    throw new BitTrickleError("not_found", `There is no user "${user}": see \`user list\``);
  }
  return entry;
}

function find(text: string, user: string): Entry | undefined {
  const lines = text.split("\n");
  const isComment = user.startsWith("#");
  const at = lines.findIndex((line) => !isComment && line.trim().split(/\s+/)[0] === user);
  const secret = lines[at]?.trim().split(/\s+/)[1];
  return at < 0 || secret === undefined ? undefined : { at, secret };
}
