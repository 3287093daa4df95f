/**
 * Requests of protocol 1: one datagram, fields split by single spaces.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { parsePort } from "./address.ts";
import { isPrintable } from "./escape.ts";
import { DATAGRAM_BYTES, LOWEST_PEER_PORT } from "./limits.ts";
import type { Request } from "./messages.ts";
import { credentialFault, plainNameFault, utf8Length } from "./names.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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
  return toRequest(verb, fields);
}

/**
 * The datagram that carries `request`.
 *
 * @throws {BitTrickleError} `usage` if a field cannot travel over this protocol
 */
export function encodePlainRequest(request: Request): Uint8Array {
  const text = [request.verb, ...fieldsOf(request)].join(" ");
  const datagram = encoder.encode(text);
  try {
    decodePlainRequest(datagram);
  } catch (error) {
    throw new BitTrickleError("usage", `Cannot send ${request.verb}: ${(error as Error).message}`);
  }
  return datagram;
}

function decodeText(datagram: Uint8Array): string {
  if (datagram.length > DATAGRAM_BYTES) throw malformed("message too long");
  let text: string;
  try {
    text = decoder.decode(datagram);
  } catch {
    throw malformed("not UTF-8");
  }
  if (!isPrintable(text)) throw malformed("unprintable character");
  return text;
}

function toRequest(verb: string, [user = "", second = "", third = ""]: string[]): Request {
  check("user", credentialFault(user));
  switch (verb) {
    case "login":
      check("password", credentialFault(second));
      return { verb, user, password: second, tcpPort: decodePeerPort(third) };
    case "pub":
    case "unp":
    case "get":
      check("name", plainNameFault(second));
      return { verb, user, name: second };
    case "sch":
      check("search", second === "" || utf8Length(second) > 255 ? "1-255 bytes" : undefined);
      return { verb, user, text: second };
    default:
      return { verb: verb as "heartbeat" | "lap" | "lpf", user };
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

function decodePeerPort(text: string): number {
  const port = parsePort(text);
  if (port === undefined || port < LOWEST_PEER_PORT) {
    throw malformed(`bad port, expected a number from ${LOWEST_PEER_PORT} to 65535`);
  }
  return port;
}

function check(field: string, fault: string | undefined): void {
  if (fault) throw malformed(`bad ${field}: ${fault}`);
}

function malformed(reason: string): BitTrickleError {
  return new BitTrickleError("malformed", reason);
}
