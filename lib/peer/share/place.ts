/**
 * Whose publications from where: under what the memory keeps them.
 *
 * @module
 */

import { resolve } from "node:path";
import { formatAddress } from "../../protocol/address.ts";
import type { FileMemory } from "./file_memory.ts";
import { type IndexLocationOptions, typedAddress } from "../session/index_location.ts";
import type { KnownServers } from "../session/known_servers.ts";

/** What a place is made of. */
export interface PlaceSetting extends IndexLocationOptions {
  readonly memory: FileMemory;
  /** The index's long-term key, if it has told one. */
  readonly indexKey: string | undefined;
  readonly known?: KnownServers | undefined;
  readonly user: string;
  /** The shared folder as the user named it, and as it is without links. */
  readonly folder: string;
  readonly realPath: string;
}

/**
 * The place for one user's publications from one folder: by the index's key, so that an index that
 * moves is still the same, or by its address if no key was ever told there. What was kept by the
 * address until now is taken along.
 */
export async function placeFor(setting: PlaceSetting): Promise<string> {
  const { memory, index, folder, realPath, user } = setting;
  const address = formatAddress(index);
  const key = setting.indexKey ?? await rememberedKey(setting);
  const place = (index: string, folder: string) => JSON.stringify([index, user, folder]);
  const here = place(key ?? address, realPath);
  for (const path of new Set([realPath, resolve(folder)])) {
    const former = place(address, path);
    if (former !== here) memory.publications.carryOver(former, here);
  }
  return here;
}

async function rememberedKey({ known, ...where }: PlaceSetting): Promise<string | undefined> {
  const server = await known?.pinOf(typedAddress(where)).catch(() => undefined);
  return server?.opaqueKey;
}

/** `folder` without links: where one leads later on is another folder. */
export function realPathOf(folder: string): string {
  try {
    return Deno.realPathSync(folder);
  } catch {
    return resolve(folder); // Whoever looks into it is told why not.
  }
}
