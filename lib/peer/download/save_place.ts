/**
 * Where downloads are saved that the user wants in a folder of their own.
 *
 * @module
 */

import { mkdir } from "node:fs/promises";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { realPathOf } from "../share/place.ts";
import { nameBelow } from "../share/typed_name.ts";

/** A folder, and what it is in the shared one. */
export interface SavePlace {
  /** Without links. */
  readonly folder: string;
  /** What the names of files in it begin with in the shared folder; nothing if it is outside of it. */
  readonly prefix: string | undefined;
}

/**
 * The folder at `path`, which is made if it is not there.
 *
 * @param shared The shared folder, without links
 * @throws {BitTrickleError} `disk`
 */
export async function savePlace(path: string, shared: string): Promise<SavePlace> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    const message = `Cannot make the folder "${escapeText(path)}": ${escapeText(reasonOf(cause))}`;
    throw new BitTrickleError("disk", message, { cause });
  });
  const folder = realPathOf(path);
  const name = nameBelow(shared, folder);
  return { folder, prefix: name === undefined ? name : name === "." ? "" : `${name}/` };
}
