/**
 * What an index says of itself to everybody on its network, by DNS-SD (RFC 6763): a service of the type
 * `_bittrickle._udp`, with these strings in its TXT record:
 *
 *     v=2                the protocol
 *     fp=<fingerprint>   see `fingerprint.ts`
 *     n=<name>           for people
 *
 * It names no user and no file. Anybody can say it, so whoever hears it believes nothing of it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type Address, formatAddress } from "./address.ts";
import { isPrintable, replaceUnprintable } from "./escape.ts";
import { isFingerprint } from "./fingerprint.ts";
import { beginningOf, utf8Length } from "./utf8.ts";

/** The type of the service, as DNS-SD has it. */
export const SERVICE_TYPE = "_bittrickle._udp.local";

/** Longest name of an index, in bytes: with eight digits behind it, it is a label of DNS. */
export const NAME_BYTES = 48;

/** What is told of an index. */
export interface Announcement {
  readonly name: string;
  readonly fingerprint: string;
}

const VERSION = "v=2";
const SUBSTITUTE = "?";

/** A name for people, made of `text`: its beginning, if that is too long. */
export function announcedName(text: string): string {
  return beginningOf(replaceUnprintable(text.trim(), SUBSTITUTE), NAME_BYTES) || "BitTrickle";
}

/** The strings of the TXT record. */
export function formatAnnouncement({ name, fingerprint }: Announcement): string[] {
  return [VERSION, `fp=${fingerprint}`, `n=${name}`];
}

/** What the strings of a TXT record say, or `undefined` if it is none of an index. */
export function parseAnnouncement(texts: readonly string[]): Announcement | undefined {
  if (!texts.includes(VERSION)) return undefined;
  const valueOf = (key: string) => texts.find((it) => it.startsWith(key))?.slice(key.length) ?? "";
  const [fingerprint, name] = [valueOf("fp="), valueOf("n=")];
  const isName = name !== "" && utf8Length(name) <= NAME_BYTES && isPrintable(name);
  return isName && isFingerprint(fingerprint) ? { name, fingerprint } : undefined;
}

/**
 * The first label of the service's name: unique, for two indexes may have the name of one room, and two
 * servers of one index have one fingerprint.
 */
export function instanceOf({ name, fingerprint }: Announcement, server: Address): string {
  return `${name} (${fingerprint.slice(0, 4)}-${digitsOf(server)})`.replaceAll(".", " ");
}

/** The name under which the host is announced: many laptops of one image have one name. */
export function hostOf({ fingerprint }: Announcement, server: Address): string {
  return `bittrickle-${fingerprint.replaceAll("-", "").slice(0, 12)}-${digitsOf(server)}.local`;
}

/** Four digits that tell servers of one index apart. */
function digitsOf(server: Address): string {
  return createHash("sha256").update(formatAddress(server)).digest("hex").slice(0, 4);
}
