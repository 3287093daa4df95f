/**
 * What a publication may look like, wherever it was kept.
 *
 * @module
 */

import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import type { FileDetails } from "../protocol/messages.ts";
import { credentialFault, nameFault } from "../protocol/names.ts";
import { isShare } from "../protocol/share.ts";

const ID = /^[0-9a-f]{64}$/;

/** Why `event` cannot have been published, or `undefined` if it can. */
export function publicationFault(
  { user, share, name, ...rest }: CatalogueEvent,
): string | undefined {
  const userFault = credentialFault(user);
  if (userFault) return `bad user: ${userFault}`;
  if (share !== undefined && !isShare(share)) return "bad share";
  const fault = nameFault(name);
  if (fault) return `bad name: ${fault}`;
  return "details" in rest && rest.details ? detailsFault(rest.details) : undefined;
}

function detailsFault({ size, id }: FileDetails): string | undefined {
  if (!Number.isSafeInteger(size) || size < 0) return "bad size";
  return id === undefined || ID.test(id) ? undefined : "bad id";
}
