/**
 * What a name stands for: the contents that sources have under it. Pure.
 *
 * @module
 */

import { NONE } from "../protocol/fields.ts";
import type { Source } from "../protocol/messages.ts";
import type { SealedSource } from "./connections.ts";

/** One content, and who has it. */
export interface Content {
  /** Its id in hexadecimal. */
  readonly id: string;
  /** Bytes, as its publishers say. */
  readonly size: number;
  /** The name that was asked for, or else one that a publisher gave it. */
  readonly name: string;
  readonly users: readonly string[];
}

/**
 * The contents that can be fetched sealed from `sources`, those that most users have first. The same
 * id with different sizes makes two: one of them is a lie.
 */
export function contentsOf(sources: readonly Source[], wanted: string): Content[] {
  const contents = new Map<string, Content>();
  for (const { file, pass } of sources) {
    const { id, size } = file?.details ?? { id: NONE, size: 0 };
    if (!file || !pass || id === NONE) continue;
    const known = contents.get(`${id} ${size}`);
    const name = file.name === "" || file.name === wanted ? wanted : known?.name ?? file.name;
    contents.set(`${id} ${size}`, { id, size, name, users: [...known?.users ?? [], file.user] });
  }
  return [...contents.values()].sort((a, b) => b.users.length - a.users.length);
}

/**
 * Those of `sources` that have `content`, with tickets that came at `since`. Who tells another size
 * has another file, so that nobody is blamed for what a liar said.
 */
export function sealedSources(
  sources: readonly Source[],
  { id, size }: Content,
  since: number,
): SealedSource[] {
  return sources.flatMap(({ ip, port, file, pass }) => {
    if (!file || !pass || file.details?.id !== id || file.details.size !== size) return [];
    return [{ user: file.user, address: { hostname: ip, port }, pass, since }];
  });
}
