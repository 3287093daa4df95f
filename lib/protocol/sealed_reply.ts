/**
 * Replies of protocol 2: the text inside a box, `<code> <args>` and rows, one per line. The codes
 * have the meanings of HTTP (RFC 9110 section 15).
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { isUnicast, parsePort } from "./address.ts";
import { decodeField, decodeOptionalField, encodeField, NONE } from "./fields.ts";
import { LOWEST_PEER_PORT } from "./limits.ts";
import type { ErrorCode, ListOf, Reply, Source, Verb } from "./messages.ts";
import { TEXT_BYTES } from "./sealed_datagram.ts";
import { isTicket, type Pass } from "./ticket.ts";
import { decodeDetails, encodeDetails } from "./sealed_request.ts";
import { decodeUtf8, encodeUtf8, encodeUtf8Into, utf8Length } from "./utf8.ts";

const LIST_OF: Partial<Readonly<Record<Verb, ListOf>>> = {
  lap: "active peers",
  lpf: "files published",
  sch: "files found",
};

const DONE: Partial<Readonly<Record<Verb, Reply>>> = {
  pub: { kind: "published" },
  unp: { kind: "unpublished" },
  bye: { kind: "done" },
};

/** Verbs whose answer tells the index's clock. */
const TIMED = { login: "welcome", heartbeat: "done" } as const;

const ERROR_CODES: readonly number[] = [400, 401, 403, 413, 429, 500];

/**
 * The text of `reply`, in UTF-8, in `room` if there is enough. As many rows as fit; the first line
 * says how many are left out.
 */
export function encodeSealedReply(reply: Reply, room?: Uint8Array): Uint8Array {
  const text = formatReply(reply);
  return room ? encodeUtf8Into(room, text) : encodeUtf8(text);
}

/**
 * The reply in `plaintext` to a request of `verb`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeSealedReply(verb: Verb, plaintext: Uint8Array): Reply {
  const [head = "", ...rows] = decodeUtf8(plaintext).split("\n");
  const [code = "", argument = "", cursor] = head.split(" ");
  const reply = code === "200"
    ? parseSuccess(verb, [argument, cursor], rows)
    : parseFailure(verb, code, argument);
  if (!reply) throw malformed(`unexpected answer to ${verb}`);
  return reply;
}

function formatReply(reply: Reply): string {
  switch (reply.kind) {
    case "list":
      return formatList(reply);
    case "sources":
      return withRows(reply.sources, sourceRow, reply.more);
    case "error":
      return `${reply.code ?? 400} ${encodeField(reply.reason)}`;
    case "already active":
      return "409";
    case "login failed":
      return "401";
    case "not published":
    case "no source":
      return "404";
    case "welcome":
    case "done":
      return reply.time === undefined ? "200" : `200 ${reply.time}`;
    default:
      return "200";
  }
}

/** Room for the first line, `200 <left out>`. */
const HEAD_BYTES = "200 999999999".length;

/** A list that is cut goes on after its last row, and else at its cursor, if there is room for it. */
function formatList(list: Reply & { kind: "list" }): string {
  const text = withRows(list.items, (item, i) => rowOf(list, item, i), list.more);
  if (list.cursor === undefined) return text;
  const head = `200 ${list.more}`;
  const longer = text.replace(head, `${head} ${encodeField(list.cursor)}`);
  const isWhole = text.split("\n").length > list.items.length;
  return isWhole && utf8Length(longer) <= TEXT_BYTES ? longer : text;
}

function rowOf({ of, details }: Reply & { kind: "list" }, item: string, i: number): string {
  const name = encodeField(item);
  return of === "active peers" ? name : [name, ...encodeDetails(details?.[i])].join(" ");
}

function sourceRow({ ip, port, file, pass }: Source): string {
  const user = encodeField(file?.user ?? "");
  const details = encodeDetails(file?.details);
  const end = pass ? [...details, pass.key, pass.ticket] : details;
  const row = [ip, port, user, encodeField(file?.name ?? ""), ...end].join(" ");
  // Without a name it is the one that was asked for.
  return utf8Length(row) < TEXT_BYTES - HEAD_BYTES ? row : [ip, port, user, NONE, ...end].join(" ");
}

/** As many rows as fit, below a line that counts the others and `more`. */
function withRows<T>(items: readonly T[], format: (item: T, i: number) => string, more: number) {
  const rows: string[] = [];
  let room = TEXT_BYTES - HEAD_BYTES;
  for (const [i, item] of items.entries()) {
    const row = format(item, i);
    room -= 1 + utf8Length(row);
    if (room < 0) break;
    rows.push(row);
  }
  return [`200 ${more + items.length - rows.length}`, ...rows].join("\n");
}

type ListHead = readonly [left: string, cursor: string | undefined];

function parseSuccess(verb: Verb, head: ListHead, rows: readonly string[]): Reply | undefined {
  const of = LIST_OF[verb];
  if (of) return parseList(of, head, rows);
  const [argument] = head;
  if (verb === "get") return parseSources(argument, rows);
  if (verb !== "login" && verb !== "heartbeat") return DONE[verb];
  return { kind: TIMED[verb], ...isCount(argument) ? { time: Number(argument) } : {} };
}

function parseSources(left: string, rows: readonly string[]): Reply | undefined {
  if (!isCount(left)) return undefined;
  return { kind: "sources", sources: rows.map(parseSource), more: Number(left) };
}

/** Whether `digits` are a whole number, written in the one way there is. */
function isCount(digits: string): boolean {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(digits);
}

function parseList(of: ListOf, head: ListHead, rows: readonly string[]): Reply | undefined {
  const [left, cursor] = head;
  if (!isCount(left)) return undefined;
  const fields = rows.map((row) => row.split(" "));
  const items = fields.map(([item = ""]) => decodeField(item));
  const details = fields.map(([, size, id]) => decodeDetails(size, id).details);
  const more = Number(left);
  return {
    kind: "list",
    of,
    items,
    more,
    ...details.some((it) => it !== undefined) ? { details } : {},
    ...more > 0 && cursor !== undefined ? { cursor: decodeField(cursor) } : {},
  };
}

function parseSource(row: string): Source {
  const [ip = "", digits = "", user = "", name, size, id, key, ticket] = row.split(" ");
  const port = parsePort(digits);
  if (!port || port < LOWEST_PEER_PORT || !isUnicast(ip)) throw malformed("bad source");
  const names = { user: decodeField(user), name: decodeOptionalField(name) ?? "" };
  const file = { ...names, ...decodeDetails(size, id) };
  return { ip, port, file, ...parsePass(key, ticket) };
}

function parsePass(key: string | undefined, ticket = ""): { readonly pass?: Pass } {
  if (key === undefined) return {};
  if (!/^[A-Za-z0-9_-]{43}$/.test(key) || !isTicket(ticket)) throw malformed("bad ticket");
  return { pass: { key, ticket } };
}

function parseFailure(verb: Verb, code: string, reason: string): Reply | undefined {
  if (code === "404" && verb === "unp") return { kind: "not published" };
  if (code === "404" && verb === "get") return { kind: "no source" };
  if (code === "409" && verb === "login") return { kind: "already active" };
  if (!ERROR_CODES.includes(Number(code))) return undefined;
  return { kind: "error", code: Number(code) as ErrorCode, reason: decodeField(reason) };
}
