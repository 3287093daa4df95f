/**
 * Requests of protocol 2: the text inside a box, one line, see {@linkcode joinFields}; of `pub` one
 * for each file, see `publication_rows.ts`.
 *
 *     heartbeat
 *     bye
 *     lap   [after]  ["sessions"]
 *     lpf   [user]   [after] [within]
 *     share <digest> [after]
 *     sch   <search> [after]
 *     pub   <name>   [size]  [id], and rows of: <name> [size] [id]
 *     unp   <name>   ["everywhere"]
 *     get   <name, or content: see content.ts>
 *     have  <content: a whole id and a size>
 *     lack  <content>
 *     progress <content> <bytes>
 *     move  <token>  ["also"]
 *     ca
 *     cert  <public key: see tls.ts>
 *     passwd <OPAQUE's registration request, or its record>
 *
 * @module
 */

import { BitTrickleError, malformed, reasonOf } from "../errors.ts";
import { isBase64Url } from "./base64url.ts";
import { type ContentKey, formatContent, isWhole, parseContent } from "./content.ts";
import { DIGEST_BYTES, isBucket, OWN_SHARE } from "./digest.ts";
import { isCount, isField, joinFields, readLines } from "./fields.ts";
import { SEARCH_TEXT_BYTES } from "./limits.ts";
import type { Request } from "./messages.ts";
import { REGISTRATION_BYTES } from "./opaque_settings.ts";
import {
  decodeName,
  decodePublishing,
  fileFields,
  filesOf,
  publishingFault,
} from "./publication_rows.ts";
import { parseSearch } from "./search_query.ts";
import { TEXT_BYTES } from "./sealed_message.ts";
import { isPublicKey } from "./tls.ts";
import { encodeUtf8, utf8Length } from "./utf8.ts";

/** A request that a session makes; whose it is, the session says. */
export type SealedRequest = Exclude<Request, { verb: "login" }>;

/** A request for a list that may be longer than a reply. */
export type ListRequest = SealedRequest & { verb: "lap" | "lpf" | "sch" | "share" };

/** What is asked for or done beyond the usual. */
const [SESSIONS, EVERYWHERE, ALSO] = ["sessions", "everywhere", "also"] as const;

/**
 * The text of `request`, in UTF-8.
 *
 * @throws {BitTrickleError} `usage` if it does not fit into a message, or holds what none may hold
 */
export function encodeSealedRequest(request: SealedRequest): Uint8Array {
  const [first = [], ...others] = rowsOf(request);
  const isWritable = [first, ...others].every((row) => row.every(isField));
  const fault = isWritable ? faultOf(request) : "it holds a control character";
  if (fault) throw unsendable(request, fault);
  const text = [[request.verb, ...first], ...others].map(joinFields).join("\n");
  if (utf8Length(text) > TEXT_BYTES) throw unsendable(request, "it is too long");
  return encodeUtf8(text);
}

/** Bytes that a cursor may have if `request`, a list, is to fit into a message with it. */
export function roomForCursor(request: ListRequest): number {
  const { after: _, ...first } = request;
  const fields = fieldsOf({ ...first, after: "x" });
  return TEXT_BYTES + 1 - utf8Length(joinFields([request.verb, ...fields]));
}

/**
 * The request in `plaintext`, in the name of `user`.
 *
 * @throws {BitTrickleError} `malformed`, with the reason that its sender is told
 */
export function decodeSealedRequest(plaintext: Uint8Array, user: string): SealedRequest {
  const [line = [], ...rest] = readLines(plaintext);
  const [verb = "", first = "", second = "", third = ""] = line;
  const most = MOST_FIELDS.get(verb);
  const isOneLine = rest.length === 0 || verb === "pub";
  if (most === undefined || !isOneLine) throw malformed("unknown verb");
  if (line.length - 1 > most) throw malformed("too many fields");
  switch (verb) {
    case "lap":
      return { verb, user, ...optional("after", first), ...flag("isDetailed", second, SESSIONS) };
    case "lpf":
      return {
        verb,
        user,
        ...optional("of", first),
        ...optional("after", second),
        ...optional("within", decodeWithin(third)),
      };
    case "share":
      return { verb, user, digest: decodeDigest(first), ...optional("after", second) };
    case "sch":
      return { verb, user, text: decodeSearch(first), ...optional("after", second) };
    case "pub":
      return { verb, user, ...decodePublishing([line.slice(1), ...rest]) };
    case "unp":
      return { verb, user, name: decodeName(first), ...flag("isEverywhere", second, EVERYWHERE) };
    case "get":
      return { verb, user, name: decodeWanted(first) };
    case "have":
    case "lack":
      return { verb, user, content: decodeContent(first) };
    case "progress":
      return { verb, user, ...decodeProgress(first, second) };
    case "move":
      return { verb, user, token: first, ...flag("isAlso", second, ALSO) };
    case "cert":
      return { verb, user, spki: decodePublicKey(first) };
    case "passwd":
      return { verb, user, message: decodeRegistration(first) };
    default:
      return { verb: verb as "heartbeat" | "bye" | "ca", user };
  }
}

const MOST_FIELDS: ReadonlyMap<string, number> = new Map([
  ["heartbeat", 0],
  ["bye", 0],
  ["lap", 2],
  ["lpf", 3],
  ["share", 2],
  ["sch", 2],
  ["pub", 3],
  ["unp", 2],
  ["get", 1],
  ["have", 1],
  ["lack", 1],
  ["progress", 2],
  ["move", 2],
  ["ca", 0],
  ["cert", 1],
  ["passwd", 1],
]);

function rowsOf(request: SealedRequest): string[][] {
  return request.verb === "pub" ? filesOf(request).map(fileFields) : [fieldsOf(request)];
}

function fieldsOf(request: Exclude<SealedRequest, { verb: "pub" }>): string[] {
  switch (request.verb) {
    case "lap":
      return [request.after ?? "", request.isDetailed ? SESSIONS : ""];
    case "lpf":
      return [request.of ?? "", request.after ?? "", request.within ?? ""];
    case "share":
      return [request.digest, request.after ?? ""];
    case "sch":
      return [request.text, request.after ?? ""];
    case "unp":
      return [request.name, request.isEverywhere ? EVERYWHERE : ""];
    case "get":
      return [request.name];
    case "have":
    case "lack":
      return [formatContent(request.content)];
    case "progress":
      return [formatContent(request.content), String(request.bytes)];
    case "move":
      return [request.token, request.isAlso ? ALSO : ""];
    case "cert":
      return [request.spki];
    case "passwd":
      return [request.message];
    default:
      return [];
  }
}

function decodeWanted(wanted: string): string {
  return parseContent(wanted) ? wanted : decodeName(wanted);
}

function decodeContent(text: string): ContentKey {
  const content = parseContent(text);
  if (!isWhole(content)) throw malformed("bad content: expected a whole id and a size");
  return content;
}

function decodeProgress(text: string, bytes: string): { content: ContentKey; bytes: number } {
  const content = decodeContent(text);
  if (isCount(bytes) && Number(bytes) <= content.size) return { content, bytes: Number(bytes) };
  throw malformed("bad progress: expected how many bytes of the content are there");
}

function decodeWithin(within: string): string {
  if (within !== "" && within !== OWN_SHARE && !isBucket(within)) throw malformed("bad bucket");
  return within;
}

function decodeDigest(digest: string): string {
  if (!isBase64Url(digest, DIGEST_BYTES)) throw malformed("bad digest");
  return digest;
}

function decodePublicKey(spki: string): string {
  if (!isPublicKey(spki)) throw malformed("bad public key");
  return spki;
}

function decodeRegistration(message: string): string {
  const { request, record } = REGISTRATION_BYTES;
  if (isBase64Url(message, request) || isBase64Url(message, record)) return message;
  throw malformed("bad registration");
}

function decodeSearch(text: string): string {
  const fault = searchFault(text);
  if (fault) throw malformed(fault);
  return text;
}

function faultOf(request: SealedRequest): string | undefined {
  if (request.verb === "pub") return publishingFault(filesOf(request));
  return request.verb === "sch" ? searchFault(request.text) : undefined;
}

/** Why `text` is no search, or `undefined` if it is one. */
function searchFault(text: string): string | undefined {
  if (utf8Length(text) > SEARCH_TEXT_BYTES) {
    return `bad search: it is longer than ${SEARCH_TEXT_BYTES} bytes`;
  }
  try {
    parseSearch(text);
  } catch (error) {
    return reasonOf(error);
  }
}

function unsendable({ verb }: SealedRequest, reason: string): BitTrickleError {
  return new BitTrickleError("usage", `Cannot send ${verb}: ${reason}`);
}

function flag<K extends string>(key: K, text: string, word: string): { [P in K]?: true } {
  if (text !== "" && text !== word) throw malformed(`bad field: expected ${word} or nothing`);
  return (text === "" ? {} : { [key]: true }) as { [P in K]?: true };
}

function optional<K extends string>(key: K, value: string): { [P in K]?: string } {
  return (value === "" ? {} : { [key]: value }) as { [P in K]?: string };
}
