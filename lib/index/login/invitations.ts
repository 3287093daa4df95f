/**
 * Invitations as the index knows them: accounts that can do nothing but register a user.
 *
 * One a line, with single spaces; lines that begin with `#` do not count:
 *
 *     <account> <user> <end, in seconds since 1970> open|used|revoked <record of OPAQUE>
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { isInvitationName } from "../../protocol/invitation.ts";
import { credentialFault } from "../../protocol/names.ts";
import type { Accounts } from "./accounts.ts";

/** What has become of an invitation: only an open one lets anybody in. */
export type InvitationState = "open" | "used" | "revoked";

/** An invitation, without its secret. */
export interface StoredInvitation {
  /** The account, see `protocol/invitation.ts`. */
  readonly name: string;
  /** Whom it makes a user. */
  readonly user: string;
  /** When it ends, in seconds since 1970. */
  readonly expires: number;
  readonly state: InvitationState;
  /** Verifies its secret, and tells nothing of it. */
  readonly record: string;
}

const HEADER = "# Invitations of this server, written by `bittrickle-server invite`\n";
const STATES: readonly string[] = ["open", "used", "revoked"];
const RECORD = /^[A-Za-z0-9_-]{256}$/;

/**
 * The invitations in the text of their file.
 *
 * @throws {BitTrickleError} `usage`, naming the first bad line
 */
export function parseInvitations(text: string): StoredInvitation[] {
  return text.split("\n").flatMap((raw, i) => {
    const line = raw.trim();
    return line === "" || line.startsWith("#") ? [] : [parseLine(line, i + 1)];
  });
}

/** The text of the file that holds `invitations`. */
export function formatInvitations(invitations: readonly StoredInvitation[]): string {
  const lines = invitations.map(({ name, user, expires, state, record }) => {
    return [name, user, expires, state, record].join(" ") + "\n";
  });
  return HEADER + lines.join("");
}

/** `invitations`, of which those for `user` that were open are revoked. */
export function revokeFor(
  user: string,
  invitations: readonly StoredInvitation[],
): readonly StoredInvitation[] {
  const isMeant = (it: StoredInvitation) => it.state === "open" && it.user === user;
  if (!invitations.some(isMeant)) return invitations;
  return invitations.map((it) => isMeant(it) ? { ...it, state: "revoked" } : it);
}

/** Why `invitation` makes nobody a user of `accounts` at `time`, in seconds since 1970, if so. */
export function invitationFault(
  { user, expires, state }: StoredInvitation,
  accounts: Pick<Accounts, "has">,
  time: number,
): string | undefined {
  if (state === "used") {
    return "this invitation was used already; if that was not you, tell whoever sent it";
  }
  if (state === "revoked") return "this invitation was revoked: ask for another";
  if (time > expires) return "this invitation has expired: ask for another";
  if (accounts.has(user)) return `there is a user ${user} already: ask whoever sent the invitation`;
}

/**
 * Those of `invitations` that make somebody a user of `accounts` at `time`, in seconds since 1970; the
 * one that ends first comes first.
 */
export function openAmong(
  invitations: readonly StoredInvitation[],
  accounts: Pick<Accounts, "has">,
  time: number,
): readonly StoredInvitation[] {
  return invitations.filter((it) => invitationFault(it, accounts, time) === undefined)
    .sort((a, b) => a.expires - b.expires);
}

/** The invitations that an index knows. */
export class Invitations {
  /** None at all. */
  static readonly NONE: Invitations = new Invitations([], () => 0);
  readonly #byName: ReadonlyMap<string, StoredInvitation>;
  readonly #time: () => number;

  /** @param time Tells the time, in seconds since 1970 */
  constructor(invitations: readonly StoredInvitation[], time: () => number) {
    this.#byName = new Map(invitations.map((invitation) => [invitation.name, invitation]));
    this.#time = time;
  }

  /** How many there are, whatever has become of them. */
  get size(): number {
    return this.#byName.size;
  }

  /** How many of them still make somebody a user of `accounts`. */
  countOpen(accounts: Accounts): number {
    return this.open(accounts).length;
  }

  /** Those that still make somebody a user of `accounts`; the one that ends first comes first. */
  open(accounts: Accounts): readonly StoredInvitation[] {
    return openAmong([...this.#byName.values()], accounts, this.#time());
  }

  /** The one whose account is called `name`, whatever has become of it. */
  get(name: string): StoredInvitation | undefined {
    return this.#byName.get(name);
  }

  /** How `user` is told to people: the account of an invitation says to nobody whom it invites. */
  describe(user: string): string {
    const invitation = this.#byName.get(user);
    return invitation === undefined ? user : `invitation for ${invitation.user}`;
  }

  /** Why that one makes nobody a user of `accounts` now, if so. */
  faultOf(name: string, accounts: Accounts): string | undefined {
    const invitation = this.#byName.get(name);
    if (!invitation) return "this invitation is not known: ask for another";
    return invitationFault(invitation, accounts, this.#time());
  }
}

function parseLine(line: string, number: number): StoredInvitation {
  const [name = "", user = "", digits = "", state = "", record = "", ...rest] = line.split(" ");
  const isGood = isInvitationName(name) && !credentialFault(user) && /^[0-9]{1,10}$/.test(digits) &&
    STATES.includes(state) && RECORD.test(record) && rest.length === 0;
  if (!isGood) {
    throw new BitTrickleError("usage", `line ${number}: not an invitation; remove that line`);
  }
  return { name, user, expires: Number(digits), state: state as InvitationState, record };
}
