/**
 * Telling the network that this index is here.
 *
 * @module
 */

import type { Address } from "../protocol/address.ts";
import type { Announcement } from "../protocol/announcement.ts";
import { fingerprintOf } from "../protocol/fingerprint.ts";
import { publicKeysOf } from "./accounts/server_key.ts";

/** What it takes to announce an index. */
export interface AnnouncingSetting {
  readonly name: string;
  /** The server's long-term key. */
  readonly setup: string;
  readonly address: Address;
  /** Hears, once, that the network cannot be told; the index goes on. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Announces an index until the result is disposed of. What does so is loaded here: most servers do not
 * announce themselves.
 */
export async function startAnnouncing(
  { name, setup, address, onFault }: AnnouncingSetting,
): Promise<AsyncDisposable & { readonly announcement: Announcement }> {
  const { Announcer } = await import("../discovery/announcer.ts");
  const announcement = { name, fingerprint: fingerprintOf(publicKeysOf(setup)) };
  let isTold = false;
  const announcer = new Announcer(announcement, address, (error) => {
    if (!isTold) onFault(error);
    isTold = true;
  });
  return { announcement, [Symbol.asyncDispose]: () => announcer[Symbol.asyncDispose]() };
}
