/**
 * What a download does where something else has its name: it saves beside it, or leaves it alone.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { parseContent } from "../../protocol/content.ts";
import type { GetOptions, Gotten } from "./get_setting.ts";
import { NAME_BYTES, NAME_SEGMENT_BYTES } from "../../protocol/limits.ts";
import { utf8Length } from "../../protocol/utf8.ts";
import { cutToBytes, NameTaken, Target } from "./target.ts";

/** Copies of one name beside each other: nobody has more on purpose. */
const MOST_COPIES = 1_000;

/** A name with an extension; what is longer is none. */
const EXTENSION = /^(.*[^/])(\.[^./]{1,32})$/s;

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

/** `name` with a number before its extension: `lab (1).pdf`. One that is too long then is cut. */
export function numbered(name: string, number: number): string {
  const [, stem = name, extension = ""] = EXTENSION.exec(name) ?? [];
  const at = stem.lastIndexOf("/") + 1;
  const [folder, last, end] = [stem.slice(0, at), stem.slice(at), ` (${number})${extension}`];
  const room = Math.min(NAME_SEGMENT_BYTES, NAME_BYTES - utf8Length(folder)) - utf8Length(end);
  return folder + cutToBytes(last, Math.max(1, room)) + end;
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
