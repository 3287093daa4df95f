/**
 * Names as people type them: also as paths.
 *
 * @module
 */

import { basename, dirname, isAbsolute, join, relative, resolve, SEPARATOR } from "@std/path";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";

/** The shared folder itself. */
export const ROOT = ".";

const DOTS = /(?:^|\/)\.\.?(?:\/|$)/;

/**
 * The name in the shared folder that is meant by what was typed: a name, or a path, which may be
 * absolute, or begin in the folder (`./x`). A `/` at its end stays.
 *
 * @param folder Without links
 * @throws {BitTrickleError} `usage` for a path that leads out of the folder
 */
export function nameIn(folder: string, typed: string): string {
  const name = withSlashes(typed.normalize("NFC"));
  if (!isAbsolute(name) && !DOTS.test(name)) return name;
  const path = resolve(folder, name);
  const inside = [path, withoutLinks(path)].map((path) => nameBelow(folder, path));
  const found = inside.find((it) => it !== undefined);
  if (found === undefined) throw outside(folder, typed);
  return name.endsWith("/") && found !== ROOT ? `${found}/` : found;
}

/**
 * `typed` with `/` between folders, as names have it, where paths have `\` there. One that takes the
 * meaning of what follows it in a pattern stays.
 */
function withSlashes(typed: string): string {
  return SEPARATOR === "/" ? typed : typed.replace(/\\(?![*?[\]\\])/g, "/");
}

/** What `path` is called in `folder`, if it is in there; `.` is the folder itself. */
export function nameBelow(folder: string, path: string): string | undefined {
  const way = relative(folder.normalize("NFC"), path.normalize("NFC"));
  if (way === "") return ROOT;
  const isOutside = way === ".." || way.startsWith(`..${SEPARATOR}`) || isAbsolute(way);
  return isOutside ? undefined : way.replaceAll(SEPARATOR, "/");
}

/**
 * The last part stays as it is: a link is not what it leads to. So does what is not there, as a file
 * that was deleted or a pattern: what is above it may be reached through links.
 */
function withoutLinks(path: string): string {
  const above = dirname(path);
  if (above === path) return path;
  try {
    return join(Deno.realPathSync(above), basename(path));
  } catch {
    return join(withoutLinks(above), basename(path));
  }
}

function outside(folder: string, typed: string): BitTrickleError {
  const message = `"${escapeText(typed)}" is not in the shared folder, ${escapeText(folder)}: ` +
    "--dir names another one";
  return new BitTrickleError("usage", message);
}
