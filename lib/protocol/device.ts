/**
 * What a session says of where it runs: the name of its device, and the folder that it shares. Both
 * are for people. They are made fit to travel here, and checked when they arrive.
 *
 * @module
 */

import { isPrintable, replaceUnprintable } from "./escape.ts";
import { beginningOf, utf8Length } from "./utf8.ts";

/** Longest name of a device, in characters: what systems allow for a host's. */
export const DEVICE_CHARACTERS = 64;

/** Longest folder, in bytes: tells deep folders apart, and leaves a login room in its datagram. */
export const FOLDER_BYTES = 200;

const ELLIPSIS = "…";
const SUBSTITUTE = "?";

/** Whether `text` may be the name of a device. */
export function isDevice(text: string): boolean {
  return text !== "" && [...text].length <= DEVICE_CHARACTERS && isPrintable(text);
}

/** Whether `text` may be told as a folder. */
export function isFolder(text: string): boolean {
  return text !== "" && utf8Length(text) <= FOLDER_BYTES && isPrintable(text);
}

/** The name of a device whose host is called `hostname`: its beginning, if that is too long. */
export function deviceOf(hostname: string): string | undefined {
  const name = [...replaceUnprintable(hostname, SUBSTITUTE)].slice(0, DEVICE_CHARACTERS).join("");
  return isDevice(name) ? name : undefined;
}

/**
 * What is told of the folder at `path`: `~` for the folder `home` at its beginning, and only its end if
 * that is too long, as the end tells folders apart.
 *
 * @param home Without links, as `path` is; none if it is not known
 */
export function folderOf(path: string, home: string | undefined): string | undefined {
  const folder = endOf(replaceUnprintable(fromHome(path, home), SUBSTITUTE));
  return isFolder(folder) ? folder : undefined;
}

function fromHome(path: string, home = ""): string {
  const beginning = home.replace(/[/\\]+$/, "");
  if (beginning === "" || !path.startsWith(beginning)) return path;
  const rest = path.slice(beginning.length);
  return rest === "" || /^[/\\]/.test(rest) ? `~${rest}` : path;
}

function endOf(text: string): string {
  if (utf8Length(text) <= FOLDER_BYTES) return text;
  const backwards = [...text].reverse().join("");
  const end = beginningOf(backwards, FOLDER_BYTES - utf8Length(ELLIPSIS));
  return ELLIPSIS + [...end].reverse().join("");
}
