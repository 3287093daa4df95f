/**
 * What one request publishes: rows of {@linkcode joinFields}, one for each file, as many as fit into
 * a message.
 *
 *     <name> [size] [id]
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { joinFields } from "./fields.ts";
import type { FileDetails, PublishedFile, Publishing } from "./messages.ts";
import { nameFault } from "./names.ts";
import { TEXT_BYTES } from "./sealed_message.ts";
import { utf8Length } from "./utf8.ts";

/**
 * Files that one request publishes: more than fit into a message with names of the usual length and
 * ids. Bounds what a request of short names costs the index.
 */
export const PUBLICATIONS_PER_REQUEST = 32;

const ROW_FIELDS = 3;
/** What a message has for its rows, each with the separator before it. */
const ROOM_FOR_ROWS = TEXT_BYTES - "pub".length;

/** A request that publishes; who publishes, the session says. */
export type PublishRequest = Publishing & { readonly verb: "pub" };

/**
 * Requests that publish `files` in their order, each with as many as fit into a message. One that has
 * the name of an earlier one goes into a later request.
 *
 * @param most Files in one request: 1 for protocol 1
 */
export function* packPublications(
  files: Iterable<PublishedFile>,
  most: number = PUBLICATIONS_PER_REQUEST,
): Generator<PublishRequest> {
  let [batch, room] = [new Map<string, PublishedFile>(), ROOM_FOR_ROWS];
  for (const file of files) {
    const bytes = 1 + utf8Length(joinFields(fileFields(file)));
    const isFull = bytes > room || batch.size === most || batch.has(file.name);
    if (isFull && batch.size > 0) {
      yield requestOf([...batch.values()]);
      [batch, room] = [new Map(), ROOM_FOR_ROWS];
    }
    batch.set(file.name, file);
    room -= bytes;
  }
  if (batch.size > 0) yield requestOf([...batch.values()]);
}

/** All that a request publishes. */
export function filesOf({ name, details, others = [] }: Publishing): readonly PublishedFile[] {
  return [{ name, ...details && { details } }, ...others];
}

/** Why one request cannot publish `files`, or `undefined` if it can. */
export function publishingFault(files: readonly PublishedFile[]): string | undefined {
  if (files.length > PUBLICATIONS_PER_REQUEST) {
    return `it publishes more than ${PUBLICATIONS_PER_REQUEST} files`;
  }
  if (new Set(files.map(({ name }) => name)).size < files.length) return "a name comes twice";
}

/** The fields of a row. */
export function fileFields({ name, details }: PublishedFile): string[] {
  return [name, ...encodeDetails(details)];
}

/**
 * What the fields of `rows`, of which there is one at least, publish.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodePublishing(rows: readonly (readonly string[])[]): Publishing {
  const [first, ...others] = rows.map(decodeFile);
  const fault = publishingFault([first!, ...others]);
  if (fault) throw malformed(fault);
  return { ...first!, ...others.length > 0 ? { others } : {} };
}

/**
 * The name in a field.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeName(name: string): string {
  const fault = nameFault(name);
  if (fault) throw malformed(`bad name: ${fault}`);
  return name;
}

/** Size and id as fields, to follow a name. */
export function encodeDetails(details: FileDetails | undefined): [size: string, id: string] {
  if (!details) return ["", ""];
  return [String(details.size), details.id ?? ""];
}

/**
 * Size and id from fields, if the size is there.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeDetails(size = "", id = ""): { readonly details?: FileDetails } {
  if (size === "" && id === "") return {};
  const isSize = /^(?:0|[1-9][0-9]{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  if (!isSize || !/^(?:[0-9a-f]{64})?$/.test(id)) throw malformed("bad size or id");
  return { details: { size: Number(size), ...id === "" ? {} : { id } } };
}

function decodeFile(row: readonly string[]): PublishedFile {
  const [name = "", size, id] = row;
  if (row.length > ROW_FIELDS) throw malformed("too many fields");
  return { name: decodeName(name), ...decodeDetails(size, id) };
}

function requestOf([first, ...others]: readonly PublishedFile[]): PublishRequest {
  return { verb: "pub", ...first!, ...others.length > 0 ? { others } : {} };
}
