/**
 * What a name or an id stands for: the contents that sources have. Pure.
 *
 * @module
 */

import {
  type ContentKey,
  formatContent,
  hasId,
  ID_DIGITS,
  isMeant,
  parseContent,
} from "../../protocol/content.ts";
import type { Source } from "../../protocol/messages.ts";
import { nameFault } from "../../protocol/names.ts";
import type { SealedSource } from "./connection_pool.ts";

/** One content, and who has it. */
export interface Content extends ContentKey {
  /** What to call it: the name that was asked for, or else one that its publishers gave it. */
  readonly name: string;
  /** Whether others chose the name, as it was asked for by its id. */
  readonly isNamedByOthers: boolean;
  readonly users: readonly string[];
}

/** What sources say of one content. */
interface Told {
  readonly key: ContentKey;
  readonly users: Set<string>;
  readonly names: string[];
}

/**
 * The contents that can be fetched sealed from `sources`, those that most users have first. One id
 * with two sizes is two contents. Nobody who has something else than what was asked for counts.
 */
export function contentsOf(sources: readonly Source[], wanted: string): Content[] {
  const contents = new Map<string, Told>();
  for (const { file, pass, isPartial } of sources) {
    if (!file || !pass || !hasId(file.details)) continue;
    const { id, size } = file.details;
    const key = formatContent({ id, size });
    const told = contents.get(key) ?? { key: { id, size }, users: new Set(), names: [] };
    contents.set(key, told);
    told.users.add(file.user);
    if (!isPartial) told.names.push(file.name === "" ? wanted : file.name);
  }
  const all = [...contents.values()].flatMap((told) => contentFrom(told, wanted) ?? []);
  return all.sort((a, b) => b.users.length - a.users.length);
}

/**
 * Those of `sources` that have `content`, with tickets that came at `since`. Who tells another size
 * has another file, so that no honest source is dropped for a false size.
 */
export function sealedSources(
  sources: readonly Source[],
  { id, size }: ContentKey,
  since: number,
): SealedSource[] {
  return sources.flatMap(({ ip, otherIp, port, file, pass, isPartial = false }) => {
    if (!file || !pass || file.details?.id !== id || file.details.size !== size) return [];
    const address = { hostname: ip, port };
    const other = otherIp === undefined ? {} : { otherAddress: { hostname: otherIp, port } };
    return [{ user: file.user, address, ...other, pass, since, isPartial }];
  });
}

/** A file is called as it was asked for, and only one that was asked for by its id as others do. */
function contentFrom(told: Told, wanted: string): Content | undefined {
  const { key, names } = told;
  const users = [...told.users];
  const asAsked = { ...key, name: wanted, isNamedByOthers: false, users };
  const query = parseContent(wanted);
  if (!query) return asAsked;
  // A name may be spelled like an id or its beginning.
  const mayBeName = nameFault(wanted) === undefined;
  if (mayBeName && names.includes(wanted)) return asAsked;
  if (isMeant(key, query)) {
    return { ...key, name: usualName(names) ?? key.id, isNamedByOthers: true, users };
  }
  return mayBeName && query.id.length < ID_DIGITS ? asAsked : undefined;
}

/** The one of `names` that is most usual, of several the first in their order. */
function usualName(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) {
    if (nameFault(name) === undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted[0]?.[0];
}
