/**
 * Requests of protocol 1: one datagram, fields split by single spaces.
 *
 * @module
 */

import { BitTrickleError, malformed } from "../errors.ts";
import { parsePort } from "./address.ts";
import { isPrintable } from "./escape.ts";
import { DATAGRAM_BYTES, HIGHEST_PORT, LOWEST_PEER_PORT, SEARCH_BYTES } from "./limits.ts";
import type { Request } from "./messages.ts";
import { credentialFault, plainNameFault } from "./names.ts";
import { decodeUtf8, encodeUtf8, utf8Length } from "./utf8.ts";

const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["login", ["user", "password", "tcp_port"]],
  ["heartbeat", ["user"]],
  ["lap", ["user"]],
  ["lpf", ["user"]],
  ["pub", ["user", "filename"]],
  ["unp", ["user", "filename"]],
  ["sch", ["user", "substring"]],
  ["get", ["user", "filename"]],
]);

/**
 * The request in `datagram`, checked field by field.
 *
 * @throws {BitTrickleError} `malformed`, with the reason that its sender is told
 */
export function decodePlainRequest(datagram: Uint8Array): Request {
  const [verb = "", ...fields] = decodeText(datagram).split(" ");
  const expected = FIELDS.get(verb);
  if (!expected) throw malformed("unknown command");
  if (fields.length !== expected.length) {
    const usage = expected.map((field) => `<${field}>`).join(" ");
    throw malformed(`wrong number of fields, expected ${verb} ${usage}`);
  }
  const request = toRequest(verb, fields);
  const fault = faultOf(request);
  if (fault) throw malformed(fault);
  return request;
}

/**
 * The datagram that carries `request`.
 *
 * @throws {BitTrickleError} `usage` if a field cannot travel over this protocol
 */
export function encodePlainRequest(request: Request): Uint8Array {
  const fault = faultOf(request);
  if (fault) throw new BitTrickleError("usage", `Cannot send ${request.verb}: ${fault}`);
  return encodeUtf8([request.verb, ...fieldsOf(request)].join(" "));
}

function decodeText(datagram: Uint8Array): string {
  if (datagram.length > DATAGRAM_BYTES) throw malformed("message too long");
  const text = decodeUtf8(datagram);
  if (!isPrintable(text)) throw malformed("unprintable character");
  return text;
}

function toRequest(verb: string, [user = "", second = "", third = ""]: string[]): Request {
  switch (verb) {
    case "login":
      return { verb, user, password: second, tcpPort: parsePort(third) ?? 0 };
    case "pub":
    case "unp":
    case "get":
      return { verb, user, name: second };
    case "sch":
      return { verb, user, text: second };
    default:
      return { verb: verb as "heartbeat" | "lap" | "lpf", user };
  }
}

/** What is wrong with the fields of `request`, the same for who sends and who receives it. */
function faultOf(request: Request): string | undefined {
  return inField("user", credentialFault(request.user)) ?? faultOfRest(request);
}

function faultOfRest(request: Request): string | undefined {
  switch (request.verb) {
    case "login":
      return inField("password", credentialFault(request.password)) ??
        inField("port", portFault(request.tcpPort));
    case "pub":
    case "unp":
    case "get":
      return inField("name", plainNameFault(request.name));
    case "sch":
      return inField("search", searchFault(request.text));
  }
}

function fieldsOf(request: Request): (string | number)[] {
  switch (request.verb) {
    case "login":
      return [request.user, request.password, request.tcpPort];
    case "pub":
    case "unp":
    case "get":
      return [request.user, request.name];
    case "sch":
      return [request.user, request.text];
    default:
      return [request.user];
  }
}

function inField(field: string, fault: string | undefined): string | undefined {
  return fault && `bad ${field}: ${fault}`;
}

function portFault(port: number): string | undefined {
  if (Number.isInteger(port) && port >= LOWEST_PEER_PORT && port <= HIGHEST_PORT) return undefined;
  return `expected a number from ${LOWEST_PEER_PORT} to ${HIGHEST_PORT}`;
}

function searchFault(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (text.includes(" ") || !isPrintable(text)) return "it holds a space or unprintable character";
  return utf8Length(text) > SEARCH_BYTES ? `it is longer than ${SEARCH_BYTES} bytes` : undefined;
}
