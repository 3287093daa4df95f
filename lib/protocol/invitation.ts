/**
 * Invitations: one line that lets somebody become a user of one index, once. It names the index, its
 * keys, and an account that can do nothing but register the password of that user:
 *
 *     bittrickle://<user>@<host>:<port>[,<host>:<port> ...]/<ticket>
 *
 * The user is percent-encoded, an IPv6 address stands in brackets, an index may have several servers,
 * and the ticket is base64url of
 *
 *      0   1  version, 1
 *      1  32  the index's key of OPAQUE
 *     33  32  its signing key
 *     65  12  name of the account, at random
 *     77  16  secret, at random
 *     93   4  end of the invitation, u32 big-endian, in seconds since 1970
 *     97   2  beginning of SHA-256 over the line before the ticket, and the 97 bytes before
 *
 * @module
 */

import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { BitTrickleError } from "../errors.ts";
import { type Address, type Addresses, formatAddresses, parsePort } from "./address.ts";
import { SERVERS_PER_INDEX } from "./address_limits.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { isPrintable } from "./escape.ts";
import { credentialFault } from "./names.ts";
import { utf8Length } from "./utf8.ts";

/** What an invitation says. Keys are in base64url. */
export interface Invitation {
  /** Where the servers of the index are, as they are to be typed and remembered: each once. */
  readonly index: Addresses;
  /** Whom it makes a user. */
  readonly user: string;
  readonly opaqueKey: string;
  readonly signingKey: string;
  /** The account, see {@linkcode isInvitationName}. */
  readonly name: string;
  /** The account's password. */
  readonly secret: string;
  /** When it ends, in seconds since 1970. */
  readonly expires: number;
}

/** Bytes of the random part of an account's name: nobody finds one by trying. */
export const INVITATION_NAME_BYTES = 12;
/** Bytes of a secret: nobody guesses one, however fast, so that it needs no stretching. */
export const INVITATION_SECRET_BYTES = 16;

const VERSION = 1;
const NAME_PREFIX = "invitation:";
const NAME = /^invitation:[A-Za-z0-9_-]{16}$/;
const SCHEME = "bittrickle://";
const LINE = /^bittrickle:\/\/([^@/]+)@([^@/]+)\/([A-Za-z0-9_-]+)$/;
const SERVER = /^(?:\[([^[\]]+)\]|([^:[\]]+)):([0-9]+)$/;
const HOST_BYTES = 253; // Of a domain name, as everybody has it.
const AT = { signingKey: 33, name: 65, secret: 77, expires: 93, checksum: 97, end: 99 } as const;

/** Whether an account of that name is one of an invitation. */
export function isInvitationName(user: string): boolean {
  return NAME.test(user);
}

/** The name of the account with `bytes`, {@linkcode INVITATION_NAME_BYTES} at random. */
export function invitationName(bytes: Uint8Array): string {
  return NAME_PREFIX + toBase64Url(bytes);
}

/** Whether `text` may be an invitation, and not the name of anything else. */
export function looksLikeInvitation(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** The line of `invitation`. */
export function formatInvitation(invitation: Invitation): string {
  const { opaqueKey, signingKey, name, secret, expires } = invitation;
  const bytes = Buffer.alloc(AT.end);
  const parts = [opaqueKey, signingKey, name.slice(NAME_PREFIX.length), secret];
  bytes[0] = VERSION;
  bytes.set(Buffer.concat(parts.map((part) => fromBase64Url(part)!)), 1);
  bytes.writeUInt32BE(expires, AT.expires);
  const beginning = beginningOf(invitation);
  bytes.set(checksumOf(beginning, bytes), AT.checksum);
  return beginning + toBase64Url(bytes);
}

/**
 * The invitation in `line`.
 *
 * @throws {BitTrickleError} `usage` if it is none, or was damaged on the way
 */
export function parseInvitation(line: string): Invitation {
  const [, user = "", servers = "", ticket = ""] = LINE.exec(line.trim()) ?? [];
  const index = decodeServers(servers);
  const bytes = fromBase64Url(ticket);
  if (!index || !bytes) throw damaged();
  if (bytes[0] !== VERSION) throw invalid("it is of another version: update this program");
  const invitation = { index, user: decodeUser(user), ...decodeTicket(Buffer.from(bytes)) };
  // One invitation has one spelling.
  if (formatInvitation(invitation) !== line.trim()) throw damaged();
  return invitation;
}

/** The servers of an invitation in `text`, if it names no other, and none twice. */
function decodeServers(text: string): Addresses | undefined {
  const words = text.split(",");
  if (words.length > SERVERS_PER_INDEX || new Set(words).size < words.length) return undefined;
  const [first, ...others] = words.map(decodeServer);
  return first && others.every((it) => it !== undefined) ? [first, ...others] : undefined;
}

function decodeServer(text: string): Address | undefined {
  const [, ipv6, name, digits = ""] = SERVER.exec(text) ?? [];
  const [hostname, port] = [ipv6 ?? name ?? "", parsePort(digits) ?? 0];
  return port > 0 && isInvitationHost(hostname) ? { hostname, port } : undefined;
}

function decodeTicket(bytes: Buffer): Omit<Invitation, "index" | "user"> {
  if (bytes.length !== AT.end) throw damaged();
  return {
    opaqueKey: toBase64Url(bytes.subarray(1, AT.signingKey)),
    signingKey: toBase64Url(bytes.subarray(AT.signingKey, AT.name)),
    name: invitationName(bytes.subarray(AT.name, AT.secret)),
    secret: toBase64Url(bytes.subarray(AT.secret, AT.expires)),
    expires: bytes.readUInt32BE(AT.expires),
  };
}

function decodeUser(text: string): string {
  try {
    const user = decodeURIComponent(text);
    if (!credentialFault(user)) return user;
  } catch {
    // Not percent-encoded UTF-8.
  }
  throw damaged();
}

function beginningOf({ index, user }: Pick<Invitation, "index" | "user">): string {
  return `${SCHEME}${encodeUser(user)}@${formatAddresses(index)}/`;
}

/** No character of it means anything to a shell. */
function encodeUser(user: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(user).replace(/[!'()*~]/g, encode);
}

/** Whether an invitation can name that host. */
export function isInvitationHost(hostname: string): boolean {
  return isPrintable(hostname) && !/[\s,]/.test(hostname) && utf8Length(hostname) <= HOST_BYTES &&
    hostname === hostname.toLowerCase();
}

function checksumOf(beginning: string, bytes: Uint8Array): Uint8Array {
  const hash = createHash("sha256").update(beginning).update(bytes.subarray(0, AT.checksum));
  return hash.digest().subarray(0, AT.end - AT.checksum);
}

function damaged(): BitTrickleError {
  return invalid("it is not whole: copy all of the line, from bittrickle:// to its end");
}

function invalid(reason: string): BitTrickleError {
  return new BitTrickleError("usage", `Cannot read the invitation: ${reason}`);
}
