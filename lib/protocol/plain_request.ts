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
import { readText, StringInterner } from "./string_interner.ts";
import { credentialFault, plainNameFault } from "./names.ts";
import { encodeUtf8, utf8Length } from "./utf8.ts";

const SPACE = 0x20;

/** A field of a request. */
interface Field {
  /** As the usage of a request calls it. */
  readonly usage: string;
  /** As complaints about it do. */
  readonly label: string;
  readonly faultOf: (text: string) => string | undefined;
  /** Reads it, if it is one that comes again and again. */
  readonly known?: StringInterner;
}

const USER = remembered({ usage: "user", label: "user", faultOf: credentialFault });
const PASSWORD: Field = { usage: "password", label: "password", faultOf: credentialFault };
const PORT: Field = { usage: "tcp_port", label: "port", faultOf: portFault };
const NAME = remembered({ usage: "filename", label: "name", faultOf: plainNameFault });
const SEARCH: Field = { usage: "substring", label: "search", faultOf: searchFault };

const FIELDS: ReadonlyMap<string, readonly Field[]> = new Map([
  ["login", [USER, PASSWORD, PORT]],
  ["heartbeat", [USER]],
  ["lap", [USER]],
  ["lpf", [USER]],
  ["pub", [USER, NAME]],
  ["unp", [USER, NAME]],
  ["sch", [USER, SEARCH]],
  ["get", [USER, NAME]],
]);

const knownVerbs = new StringInterner(() => {});

/**
 * The request in `datagram`, checked field by field.
 *
 * @throws {BitTrickleError} `malformed`, with the reason that its sender is told
 */
export function decodePlainRequest(datagram: Uint8Array): Request {
  if (datagram.length > DATAGRAM_BYTES) throw malformed("message too long");
  const ends = endsOfFields(datagram);
  const verb = knownVerbs.read(datagram, 0, ends[0]!);
  const expected = FIELDS.get(verb);
  if (!expected) throw malformed("unknown command");
  if (ends.length - 1 !== expected.length) {
    const usage = expected.map((field) => `<${field.usage}>`).join(" ");
    throw malformed(`wrong number of fields, expected ${verb} ${usage}`);
  }
  const fields: string[] = [];
  for (let i = 0; i < expected.length; i++) {
    fields.push(readField(expected[i]!, datagram, ends[i]! + 1, ends[i + 1]!));
  }
  return toRequest(verb, fields);
}

/**
 * The datagram that carries `request`.
 *
 * @throws {BitTrickleError} `usage` if a field cannot travel over this protocol
 */
export function encodePlainRequest(request: Request): Uint8Array {
  if (request.verb === "pub" && request.others) {
    throw new BitTrickleError("usage", "Cannot send pub: protocol 1 publishes one file at a time");
  }
  const texts = fieldsOf(request);
  for (const [i, field] of (FIELDS.get(request.verb) ?? []).entries()) {
    const fault = faultIn(field, texts[i]!);
    if (fault) throw new BitTrickleError("usage", `Cannot send ${request.verb}: ${fault}`);
  }
  return encodeUtf8([request.verb, ...texts].join(" "));
}

function remembered(field: Field): Field {
  return { ...field, known: new StringInterner((text) => check(field, text)) };
}

function endsOfFields(datagram: Uint8Array): number[] {
  const ends: number[] = [];
  for (let i = 0; i < datagram.length; i++) if (datagram[i] === SPACE) ends.push(i);
  ends.push(datagram.length);
  return ends;
}

function readField(field: Field, datagram: Uint8Array, start: number, end: number): string {
  if (field.known) return field.known.read(datagram, start, end);
  const text = readText(datagram, start, end);
  check(field, text);
  return text;
}

function check(field: Field, text: string): void {
  const fault = faultIn(field, text);
  if (fault) throw malformed(fault);
}

function faultIn({ label, faultOf }: Field, text: string): string | undefined {
  const fault = faultOf(text);
  return fault && `bad ${label}: ${fault}`;
}

function toRequest(verb: string, fields: readonly string[]): Request {
  const user = fields[0]!;
  switch (verb) {
    case "login":
      return { verb, user, password: fields[1]!, tcpPort: Number(fields[2]) };
    case "pub":
    case "unp":
    case "get":
      return { verb, user, name: fields[1]! };
    case "sch":
      return { verb, user, text: fields[1]! };
    default:
      return { verb: verb as "heartbeat" | "lap" | "lpf", user };
  }
}

function fieldsOf(request: Request): string[] {
  switch (request.verb) {
    case "login":
      return [request.user, request.password, String(request.tcpPort)];
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

function portFault(text: string): string | undefined {
  const port = parsePort(text);
  if (port !== undefined && port >= LOWEST_PEER_PORT) return undefined;
  return `expected a number from ${LOWEST_PEER_PORT} to ${HIGHEST_PORT}`;
}

function searchFault(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (text.includes(" ") || !isPrintable(text)) return "it holds a space or unprintable character";
  return utf8Length(text) > SEARCH_BYTES ? `it is longer than ${SEARCH_BYTES} bytes` : undefined;
}
