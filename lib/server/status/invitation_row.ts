/**
 * An invitation, as people are told of it.
 *
 * @module
 */

import type { StoredInvitation } from "../../index/login/invitations.ts";
import type { InvitationStatus } from "./status.ts";

/** What is told of `invitation`: not its account, and of its secret it knows nothing. */
export function invitationRow({ user, expires }: StoredInvitation): InvitationStatus {
  return { user, expires: new Date(expires * 1_000).toISOString() };
}
