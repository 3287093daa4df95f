/**
 * Who publishes a file that a search has found: what stands behind its id in a row of `sch`.
 *
 *     <user> <active> <all> [device]
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { isDevice } from "./device.ts";
import { isCount } from "./fields.ts";
import { credentialFault } from "./names.ts";

/** Publications of one file that are counted: nobody chooses a file by a larger number. */
export const COUNTED_PUBLISHERS = 99;

/** Who publishes a file under one name. */
export interface Publishers {
  /** One of them who is active. */
  readonly user: string;
  /** The name of the device from which that user serves it, where it is known. */
  readonly device?: string | undefined;
  /** How many shares serve it now, {@linkcode COUNTED_PUBLISHERS} at most. */
  readonly active: number;
  /** The same with those that nobody serves now. */
  readonly all: number;
}

/** The fields of a row. */
export function publishersFields({ user, active, all, device = "" }: Publishers): string[] {
  return [user, String(active), String(all), device];
}

/**
 * What stands behind the ids of `rows`, if that is anything.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function publishersIn(rows: readonly (readonly string[])[]) {
  const publishers = rows.map(([_name, _size, _id, ...fields]) => parsePublishers(fields));
  return publishers.some((it) => it !== undefined) ? { publishers } : {};
}

function parsePublishers(row: readonly string[]): Publishers | undefined {
  const [user = "", active = "", all = "", device = ""] = row;
  if (user === "") return undefined;
  const isRight = !credentialFault(user) && isCount(active) && isCount(all) &&
    1 <= Number(active) && Number(active) <= Number(all) && Number(all) <= COUNTED_PUBLISHERS &&
    (device === "" || isDevice(device));
  if (!isRight) throw malformed("bad publishers");
  const counts = { active: Number(active), all: Number(all) };
  return { user, ...counts, ...device === "" ? {} : { device } };
}
