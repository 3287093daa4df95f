/**
 * Where a file is, whatever links lead there.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "@std/path";

/** The path of the file at `path` without links. It may be yet to be made. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const link = isMissing ? await Deno.readLink(path).catch(() => undefined) : undefined;
    if (link !== undefined) return await realPathOf(resolve(dirname(path), link));
    const folder = await Deno.realPath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}

/** The path without links of what is at `path`, at once; `path` itself if nothing is there yet. */
export function realPathOfSync(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
