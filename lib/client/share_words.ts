/**
 * Shares and sessions, as people read them and as programs do.
 *
 * @module
 */

import type { PlacedShare, UserSession } from "../peer/detailed_lists.ts";

/** Where a share is: its device and folder, as far as they are known, or else what it is called. */
export function placeName({ device, folder, share }: PlacedShare): string {
  const known = [device, folder].filter((it) => it !== undefined);
  return known.length > 0 ? known.join(":") : `the share ${share}`;
}

/** The fields of a share in JSON. */
export function shareFields({ share, isServed, device, folder }: PlacedShare) {
  return { share, served: isServed, device, folder };
}

/** The fields of a session in JSON. */
export function sessionFields(session: UserSession) {
  const { user, share, device, folder, ip, port, seconds, agent, isStandby } = session;
  return { user, share, device, folder, ip, port, seconds, agent, standby: isStandby };
}

/** `seconds` in the largest unit of which there is one: `3 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400
    ? `${Math.floor(seconds / 3_600)} h`
    : `${Math.floor(seconds / 86_400)} d`;
}
