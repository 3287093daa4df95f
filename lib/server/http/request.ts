/**
 * HTTP/1.1 requests, as far as the status page needs them (RFC 9112): one a connection, with a body of
 * known length or none. What is ambiguous is refused, never guessed.
 *
 * @module
 */

import type { Refusal } from "./response.ts";

/** Most bytes of a request before its body: browsers send about 1,000. */
export const HEAD_BYTES = 8_192;
/** Most fields of a request: browsers send about 20. */
const MOST_FIELDS = 64;
/** Most bytes of a body: the longest that the page sends holds a password. */
export const BODY_BYTES = 4_096;

/** What a request says before its body. */
export interface RequestHead {
  readonly method: string;
  /** As it came: nothing is decoded, so that no two spellings name the same. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By their names in small letters. */
  readonly fields: ReadonlyMap<string, string>;
  /** How many bytes follow. */
  readonly bodyBytes: number;
}

/** A request that has come whole. */
export interface HttpRequest extends RequestHead {
  readonly body: Uint8Array;
  /** The IP address that it came from. */
  readonly hostname: string;
  readonly port: number;
}

const START = /^([A-Z]{1,16}) (\/[!-~]*) HTTP\/1\.[01]$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
/** Two of them could be understood in two ways. */
const ONCE = ["host", "content-length", "authorization", "origin", "content-type"];

/** Reads a request up to the empty line, which is not in `text`; one character is one byte. */
export function parseHead(text: string): RequestHead | Refusal {
  const [start = "", ...lines] = text.split("\r\n");
  const [, method, target] = START.exec(start) ?? [];
  if (method === undefined || target === undefined) return refuse("not a request of HTTP/1.1");
  if (lines.length > MOST_FIELDS) return { status: 431, reason: "too many fields" };
  const fields = parseFields(lines);
  if ("status" in fields) return fields;
  const bodyBytes = lengthIn(fields);
  if (typeof bodyBytes !== "number") return bodyBytes;
  const [path = "", query = ""] = target.split(/\?(.*)/s, 2);
  return { method, path, query: new URLSearchParams(query), fields, bodyBytes };
}

/** The value of the cookie `name`, if it came once. */
export function cookieIn({ fields }: Pick<RequestHead, "fields">, name: string) {
  const pairs = (fields.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]!.slice(name.length + 1) : undefined;
}

function parseFields(lines: readonly string[]): Map<string, string> | Refusal {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, given, value] = FIELD.exec(line) ?? [];
    if (given === undefined || value === undefined) return refuse("a field is malformed");
    const name = given.toLowerCase();
    const earlier = fields.get(name);
    if (earlier !== undefined && ONCE.includes(name)) return refuse(`${name} is there twice`);
    fields.set(name, earlier === undefined ? value : `${earlier}${separatorOf(name)}${value}`);
  }
  return fields;
}

function separatorOf(name: string): string {
  return name === "cookie" ? "; " : ", ";
}

function lengthIn(fields: ReadonlyMap<string, string>): number | Refusal {
  if (fields.has("transfer-encoding")) {
    return { status: 501, reason: "send Content-Length instead" };
  }
  const text = fields.get("content-length") ?? "0";
  if (!/^[0-9]{1,9}$/.test(text)) return refuse("the length of the body is malformed");
  if (Number(text) <= BODY_BYTES) return Number(text);
  return { status: 413, reason: `a body has ${BODY_BYTES} bytes at most` };
}

function refuse(reason: string): Refusal {
  return { status: 400, reason };
}
