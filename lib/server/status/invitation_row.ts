/**
 * An invitation, as people are told of it.
 *
 * @module
 */

import type { InvitationStatus } from "./status.ts";

/**
 * What is told of an invitation: not its account, and of its secret it knows nothing.
 *
 * @param invitation For whom it is, and until when, in seconds since 1970
 */
export function invitationRow(
  { user, expires }: { readonly user: string; readonly expires: number },
): InvitationStatus {
  return { user, expires: new Date(expires * 1_000).toISOString() };
}
