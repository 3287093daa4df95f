/**
 * Requests of protocol 2: the text inside a box.
 *
 * @module
 */

import { BitTrickleError, malformed, reasonOf } from "../errors.ts";
import { parsePort } from "./address.ts";
import { decodeField, decodeOptionalField, encodeField, joinFields } from "./fields.ts";
import { HIGHEST_PORT, LOWEST_PEER_PORT, NAME_BYTES } from "./limits.ts";
import type { FileDetails, Request } from "./messages.ts";
import { nameFault } from "./names.ts";
import { parseSearch } from "./search_query.ts";
import { TEXT_BYTES } from "./sealed_datagram.ts";
import { decodeUtf8, encodeUtf8, utf8Length } from "./utf8.ts";

/** What a client says when it logs in, besides the proof of its password. */
export interface SealedLogin {
  /** Where the user's uploads are served. */
  readonly tcpPort: number;
  /** The program and its version. */
  readonly agent: string;
}

/** A request that a session makes; whose it is, the session says. */
export type SealedRequest = Exclude<Request, { verb: "login" }>;

/**
 * The text of `request`, in UTF-8.
 *
 * @throws {BitTrickleError} `usage` if it does not fit into a message, or is no search
 */
export function encodeSealedRequest(request: SealedRequest): Uint8Array {
  if (request.verb === "sch") checkSearch(request.text);
  const text = [request.verb, ...fieldsOf(request)].filter((field) => field !== "").join(" ");
  const isListable = request.verb !== "pub" || isRow(encodeField(request.name));
  if (utf8Length(text) <= TEXT_BYTES && isListable) return encodeUtf8(text);
  throw new BitTrickleError("usage", `Cannot send ${request.verb}: it is too long`);
}

/**
 * The request in `plaintext`, in the name of `user`.
 *
 * @throws {BitTrickleError} `malformed`, with the reason that its sender is told
 */
export function decodeSealedRequest(plaintext: Uint8Array, user: string): SealedRequest {
  const [verb = "", ...fields] = decodeUtf8(plaintext).split(" ");
  const [first, second, third] = fields;
  const most = MOST_FIELDS.get(verb);
  if (most === undefined) throw malformed("unknown verb");
  if (fields.length > most) throw malformed("too many fields");
  switch (verb) {
    case "lap":
      return { verb, user, ...after(first) };
    case "lpf":
      return { verb, user, ...optional("of", decodeOptionalField(first)), ...after(second) };
    case "sch":
      return { verb, user, text: decodeSearch(first), ...after(second) };
    case "pub":
      if (!isRow(first ?? "")) throw malformed("bad name: too many escapes");
      return { verb, user, name: decodeName(first), ...decodeDetails(second, third) };
    case "unp":
    case "get":
      return { verb, user, name: decodeName(first) };
    default:
      return { verb: verb as "heartbeat" | "bye", user };
  }
}

/** The text of a login. */
export function encodeSealedLogin({ tcpPort, agent }: SealedLogin): Uint8Array {
  return encodeUtf8(joinFields(["login", tcpPort, agent]));
}

/**
 * The login in `plaintext`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeSealedLogin(plaintext: Uint8Array): SealedLogin {
  const [verb, port = "", agent = "", ...rest] = decodeUtf8(plaintext).split(" ");
  const tcpPort = parsePort(port) ?? 0;
  const isPort = tcpPort >= LOWEST_PEER_PORT && tcpPort <= HIGHEST_PORT;
  if (verb !== "login" || !isPort || rest.length > 0) throw malformed("bad login");
  return { tcpPort, agent: decodeField(agent) };
}

/** Whether a name, as it is written, fits into one row of a list with its size and id. */
function isRow(field: string): boolean {
  return utf8Length(field) <= NAME_BYTES + 64;
}

const MOST_FIELDS: ReadonlyMap<string, number> = new Map([
  ["heartbeat", 0],
  ["bye", 0],
  ["lap", 1],
  ["lpf", 2],
  ["sch", 2],
  ["pub", 3],
  ["unp", 1],
  ["get", 1],
]);

function fieldsOf(request: SealedRequest): string[] {
  switch (request.verb) {
    case "lap":
      return [joinFields([request.after])];
    case "lpf":
      return [joinFields([request.of, request.after])];
    case "sch":
      return [joinFields([request.text, request.after])];
    case "pub":
      return [encodeField(request.name), ...encodeDetails(request.details)];
    case "unp":
    case "get":
      return [encodeField(request.name)];
    default:
      return [];
  }
}

/** Size and id as fields, to follow a name. */
export function encodeDetails(details: FileDetails | undefined): string[] {
  return details ? [String(details.size), details.id] : ["-", "-"];
}

/**
 * Size and id from fields, if both are there.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeDetails(size = "-", id = "-"): { readonly details?: FileDetails } {
  if (size === "-") return {};
  const isSize = /^(?:0|[1-9][0-9]{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  if (!isSize || !/^(?:-|[0-9a-f]{64})$/.test(id)) throw malformed("bad size or id");
  return { details: { size: Number(size), id } };
}

function decodeName(field = ""): string {
  const name = decodeField(field);
  const fault = nameFault(name);
  if (fault) throw malformed(`bad name: ${fault}`);
  return name;
}

function decodeSearch(field = ""): string {
  const text = decodeField(field);
  parseSearch(text);
  return text;
}

function checkSearch(text: string): void {
  try {
    parseSearch(text);
  } catch (error) {
    throw new BitTrickleError("usage", `Cannot send sch: ${reasonOf(error)}`);
  }
}

function after(field: string | undefined) {
  return optional("after", decodeOptionalField(field));
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}
