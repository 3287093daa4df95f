/**
 * What a published name and a user may be called. The same rule holds where a name is published, at
 * the index, at the downloader and before a name meets the disk.
 *
 * @module
 */

import { isPrintable } from "./escape.ts";
import { CREDENTIAL_CHARACTERS, NAME_BYTES, NAME_SEGMENT_BYTES } from "./limits.ts";
import { utf8Length } from "./utf8.ts";

/** Most names: tried first, far quicker than the whole rule. */
const SIMPLE_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?$/;
const FORBIDDEN = /[\\:*?"<>|]/;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

/** Printable ASCII, not too long: most of them. */
const SIMPLE_CREDENTIAL = /^[\x21-\x7e]{1,64}$/;

/** Why `name` may not be published, or `undefined` if it may. */
export function nameFault(name: string): string | undefined {
  if (SIMPLE_NAME.test(name) && !WINDOWS_DEVICE.test(name)) return undefined;
  if (name === "") return "it is empty";
  if (!isPrintable(name)) return "it holds an unprintable character";
  if (name !== name.normalize("NFC")) return "it is not in Unicode normal form C";
  if (utf8Length(name) > NAME_BYTES) return `it is longer than ${NAME_BYTES} bytes`;
  for (const segment of name.split("/")) {
    const fault = segmentFault(segment);
    if (fault) return fault;
  }
  return undefined;
}

/** Why `name` cannot travel over protocol 1, which splits at spaces and knows no folders. */
export function plainNameFault(name: string): string | undefined {
  if (name.includes(" ")) return "the plain protocol cannot carry a space";
  if (name.includes("/")) return "the plain protocol cannot carry a folder";
  return nameFault(name);
}

/** What the names of all files below `folder` begin with. */
export function beginningBelow(folder: string): string {
  return folder.replace(/\/*$/, "/");
}

/** Why `text` is no user name or password, or `undefined` if it can be one. */
export function credentialFault(text: string): string | undefined {
  if (SIMPLE_CREDENTIAL.test(text)) return undefined;
  if (text === "") return "it is empty";
  if (!isPrintable(text) || /\p{Zs}/u.test(text)) {
    return "it holds a space or unprintable character";
  }
  if (text.length > CREDENTIAL_CHARACTERS && [...text].length > CREDENTIAL_CHARACTERS) {
    return `it is longer than ${CREDENTIAL_CHARACTERS} characters`;
  }
  return undefined;
}

function segmentFault(segment: string): string | undefined {
  if (segment === "") return "a part of it is empty";
  if (utf8Length(segment) > NAME_SEGMENT_BYTES) {
    return `a part of it is longer than ${NAME_SEGMENT_BYTES} bytes`;
  }
  if (/^[. ]/.test(segment)) return "a part of it begins with a dot or a space";
  if (/[. ]$/.test(segment)) return "a part of it ends with a dot or a space";
  if (FORBIDDEN.test(segment)) return 'it holds one of \\ : * ? " < > |';
  if (WINDOWS_DEVICE.test(segment)) return "a part of it is a Windows device name";
  return undefined;
}
