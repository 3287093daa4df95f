/**
 * What a download does where something else has its name: it saves beside it, or leaves it alone.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { parseContent } from "../../protocol/content.ts";
import type { GetOptions, Gotten } from "./get_setting.ts";
import { NameTaken, Target } from "./target.ts";

/** Copies of one name beside each other: nobody has more on purpose. */
const MOST_COPIES = 1_000;

/** Gets a file into `folder`, as `options` say. */
export type GetInto = (options: GetOptions) => Promise<Gotten>;

/**
 * Gets `wanted` by `get`, and heeds what `options` say of a name that is taken.
 *
 * @throws {BitTrickleError} of `get`
 */
export async function getUntaken(
  wanted: string,
  folder: string,
  options: GetOptions,
  get: GetInto,
): Promise<Gotten> {
  const known = options.as ?? (parseContent(wanted) ? undefined : wanted);
  const present = options.skip && known !== undefined ? await presentIn(folder, known) : undefined;
  if (present) return present;
  let first: string | undefined;
  for (let copy = 1;; copy++) {
    try {
      return await get(
        first === undefined ? options : { ...options, as: numbered(first, copy - 1) },
      );
    } catch (error) {
      const taken = takenIn(error);
      if (taken === undefined || copy > MOST_COPIES) throw error;
      const skipped = options.skip ? await presentIn(folder, taken) : undefined;
      if (skipped) return skipped;
      if (!options.rename) throw error;
      first ??= taken;
    }
  }
}

/** `name` with a number before its extension: `lab (1).pdf`. */
export function numbered(name: string, number: number): string {
  const [, stem = name, extension = ""] = /^(.*[^/])(\.[^./]+)$/s.exec(name) ?? [];
  return `${stem} (${number})${extension}`;
}

/** What is left alone in `folder`, if `name` is there. */
async function presentIn(folder: string, name: string): Promise<Gotten | undefined> {
  const there = await new Target(folder, name).lstat();
  return there && { kind: "skipped", name, size: there.size };
}

function takenIn(error: unknown): string | undefined {
  const cause = error instanceof BitTrickleError ? error.cause : undefined;
  return cause instanceof NameTaken ? cause.message : undefined;
}
