/**
 * Replies of protocol 2: the text inside a box, see {@linkcode joinFields}. The first line is a code
 * with the meaning of HTTP's (RFC 9110 section 15) and what goes with it, the others are rows.
 *
 *     200 <clock> <reset value> <signing key> [catalogue id]   to login
 *     200 [clock] [withdrawals]                                to heartbeat
 *     200 <left out> [cursor]                                  to lap, and rows of: <user>, or of
 *             <user> <share or "-"> <ip> <port> <seconds> ["standby"] [agent] [device] [folder]
 *                                                                      every session
 *     200 <left out> [cursor]                                  to lpf and sch: <name> [size] [id], and
 *                                                                      of lpf <share> ["served"], of
 *                                                                      sch what `publishers.ts` says
 *     200 <left out> [cursor]                                  to share: <bucket> <sum>
 *     304                                                      to share: it is the same
 *     200 <left out>                                           to get:
 *             <ip> <port> <user> [name] [size] [id] [label] [ticket] [part] [other ip]
 *                                                                      a source; its name is missing
 *                                                                      if it was asked for. "part" if
 *                                                                      it has the file in part
 *             "" "" "" <name> <size> <id>                              what to ask for
 *     200 <certificate>                                        to ca and cert
 *     200                                                      to pub, unp, have, lack, move and bye
 *     200 [OPAQUE's registration response]                     to passwd
 *     425 <token>                                              to any: not run, first send `move`
 *     <code> [reason]                                          a refusal
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { isUnicast, parsePort } from "./address.ts";
import { isBase64Url } from "./base64url.ts";
import { escapeText } from "./escape.ts";
import { isCount, joinFields, readLines } from "./fields.ts";
import { LOWEST_PEER_PORT } from "./limits.ts";
import type { ErrorCode, ListOf, NamedContent, Reply, Source, Verb } from "./messages.ts";
import { nameFault } from "./names.ts";
import { REGISTRATION_BYTES } from "./opaque_settings.ts";
import { decodeDetails, encodeDetails } from "./publication_rows.ts";
import { publishersFields, publishersIn } from "./publishers.ts";
import { TEXT_BYTES } from "./sealed_message.ts";
import {
  parseAccess,
  parseAlive,
  parseSession,
  parseShare,
  parseSum,
  PART,
  SERVED,
  sessionRow,
} from "./sealed_rows.ts";
import { formatWelcome, parseWelcome } from "./sealed_welcome.ts";
import { isTicket } from "./ticket.ts";
import { beginningOf, encodeUtf8, encodeUtf8Into, utf8Length } from "./utf8.ts";

type List = Reply & { kind: "list" };
type Sources = Reply & { kind: "sources" };
type Row = readonly string[];

const LIST_OF: Partial<Readonly<Record<Verb, ListOf>>> = {
  lap: "active peers",
  lpf: "files published",
  sch: "files found",
  share: "buckets",
};

const DONE: Partial<Readonly<Record<Verb, Reply>>> = {
  pub: { kind: "published" },
  unp: { kind: "unpublished" },
  bye: { kind: "done" },
  move: { kind: "done" },
  have: { kind: "done" },
  lack: { kind: "done" },
  progress: { kind: "done" },
  passwd: { kind: "done" },
};

const ERROR_CODES: readonly number[] = [400, 401, 403, 413, 429, 500];

/** Longest first line without a cursor, in bytes. */
const HEAD_BYTES = "200\t999999999".length;

/**
 * The text of `reply`, in UTF-8, in `buffer` if it fits. As many rows as fit; the first line
 * says how many are left out.
 */
export function encodeSealedReply(reply: Reply, buffer?: Uint8Array): Uint8Array {
  const text = formatReply(reply);
  return buffer ? encodeUtf8Into(buffer, text) : encodeUtf8(text);
}

/**
 * The reply in `plaintext` to a request of `verb`.
 *
 * @param wanted What a `get` asked for, which is the name of sources that tell none
 * @throws {BitTrickleError} `malformed`
 */
export function decodeSealedReply(verb: Verb, plaintext: Uint8Array, wanted = ""): Reply {
  const [[code = "", ...head] = [], ...rows] = readLines(plaintext);
  const reply = code === "200"
    ? parseSuccess(verb, head, rows, wanted)
    : parseFailure(verb, code, head[0] ?? "");
  if (!reply) throw malformed(`unexpected answer to ${verb}`);
  return reply;
}

function formatReply(reply: Reply): string {
  switch (reply.kind) {
    case "list":
      return formatList(reply);
    case "sources":
      return formatSources(reply);
    case "error":
      return formatError(reply.code ?? 400, reply.reason);
    case "too many sessions":
    case "already active":
      return "409";
    case "same":
      return "304";
    case "login failed":
      return "401";
    case "not published":
    case "no source":
      return "404";
    case "welcome":
      return formatWelcome(reply);
    case "done":
      return joinFields(["200", reply.time, reply.withdrawals]);
    case "registration":
      return joinFields(["200", reply.response]);
    case "moved":
      return joinFields(["425", reply.token]);
    case "certificate":
      return joinFields(["200", reply.certificate]);
    default:
      return "200";
  }
}

/** A reason may quote what was asked, and is then as long. */
function formatError(code: number, reason: string): string {
  return joinFields([code, beginningOf(escapeText(reason), TEXT_BYTES - "400\t".length)]);
}

/** A list goes on at its cursor, if it is whole and that fits, and else after its last row. */
function formatList(list: List): string {
  const rows = fittingRows(list);
  const { length } = list.items;
  if (rows.length === length && list.cursor !== undefined) {
    const text = withRows(list.more, list.cursor, rows);
    if (utf8Length(text) <= TEXT_BYTES) return text;
  }
  for (let count = rows.length;; count--) {
    const left = list.more + length - count;
    const cursor = left > 0 ? list.cursors?.[count - 1] : undefined;
    const text = withRows(left, cursor, rows.slice(0, count));
    if (cursor === undefined || utf8Length(text) <= TEXT_BYTES) return text;
  }
}

/** As many rows as fit: others are not even written. */
function fittingRows(list: List): string[] {
  const rows: string[] = [];
  let left = TEXT_BYTES - HEAD_BYTES;
  for (let i = 0; i < list.items.length; i++) {
    const row = rowOf(list, list.items[i]!, i);
    left -= 1 + utf8Length(row);
    if (left < 0) break;
    rows.push(row);
  }
  return rows;
}

function rowOf(list: List, item: string, i: number): string {
  const { of, details, shares, sessions, digests } = list;
  if (of === "active peers") return sessions ? sessionRow(item, sessions[i]!) : item;
  if (of === "buckets") return joinFields([item, digests?.[i]]);
  if (of === "files found") return foundRow(list, item, i);
  const { share, isServed } = shares?.[i] ?? {};
  return joinFields([item, ...encodeDetails(details?.[i]), share, isServed ? SERVED : ""]);
}

/** A name that leaves no room for its publishers is told without them. */
function foundRow({ details, publishers }: List, item: string, i: number): string {
  const fields = [item, ...encodeDetails(details?.[i])];
  const known = publishers?.[i];
  const row = known && joinFields([...fields, ...publishersFields(known)]);
  return row !== undefined && fitting([row]).length > 0 ? row : joinFields(fields);
}

function formatSources({ sources, more, wanted }: Sources): string {
  const all = new Set(sources.map((source) => sourceRow(source, wanted)));
  const rows = fitting([...all]);
  return withRows(more + all.size - rows.length, undefined, rows);
}

/** Without a name, a row of any source fits. With one that is too long the row only tells the name. */
function sourceRow(source: Source, wanted: string | undefined): string {
  const { ip, port, file, pass, otherIp } = source;
  const name = file?.name === wanted ? "" : file?.name;
  const details = encodeDetails(file?.details);
  const extent = source.isPartial && PART;
  const passed = [pass?.label, pass?.ticket, extent, otherIp];
  const row = joinFields([ip, port, file?.user, name, ...details, ...passed]);
  return fitting([row]).length > 0 ? row : joinFields(["", "", "", name, ...details]);
}

/** As many of `rows`, from the first on, as fit below a line that counts the others. */
function fitting(rows: readonly string[]): readonly string[] {
  let left = TEXT_BYTES - HEAD_BYTES;
  const end = rows.findIndex((row) => (left -= 1 + utf8Length(row)) < 0);
  return end < 0 ? rows : rows.slice(0, end);
}

function withRows(more: number, cursor: string | undefined, rows: readonly string[]): string {
  return [joinFields(["200", more, cursor]), ...rows].join("\n");
}

function parseSuccess(
  verb: Verb,
  head: Row,
  rows: readonly Row[],
  wanted: string,
): Reply | undefined {
  const of = LIST_OF[verb];
  if (of) return parseList(of, head, rows);
  const [argument = ""] = head;
  if (verb === "get") return parseSources(argument, rows, wanted);
  if (verb === "login") return parseWelcome(head);
  if (verb === "ca" || verb === "cert") return parseCertificate(argument);
  if (verb === "passwd" && argument !== "") return parseRegistration(argument);
  if (verb !== "heartbeat") return DONE[verb];
  return parseAlive(head);
}

function parseCertificate(certificate: string): Reply | undefined {
  return isBase64Url(certificate) ? { kind: "certificate", certificate } : undefined;
}

function parseRegistration(response: string): Reply | undefined {
  const isWhole = isBase64Url(response, REGISTRATION_BYTES.response);
  return isWhole ? { kind: "registration", response } : undefined;
}

function parseSources(left: string, rows: readonly Row[], wanted: string): Reply | undefined {
  if (!isCount(left)) return undefined;
  const named = rows.filter(([ip]) => ip === "").map(parseNamed);
  const sources = rows.filter(([ip]) => ip !== "").map((row) => parseSource(row, wanted));
  return { kind: "sources", sources, ...named.length > 0 ? { named } : {}, more: Number(left) };
}

function parseList(of: ListOf, [left = "", cursor]: Row, rows: readonly Row[]): Reply | undefined {
  if (!isCount(left)) return undefined;
  const items = rows.map(([item = ""]) => item);
  const more = Number(left);
  const next = more > 0 && cursor ? { cursor } : {};
  return { kind: "list", of, items, more, ...parseColumns(of, rows), ...next };
}

/** What stands beside the items: there is something beside each of them or of none. */
function parseColumns(of: ListOf, rows: readonly Row[]): Partial<List> {
  if (rows.length === 0) return {};
  if (of === "buckets") return { digests: rows.map(([, sum = ""]) => parseSum(sum)) };
  if (of === "active peers") {
    const isDetailed = rows.some(([, ...session]) => session.length > 0);
    return isDetailed ? { sessions: rows.map(parseSession) } : {};
  }
  const details = rows.map(([, size, id]) => decodeDetails(size, id).details);
  const isServed = rows.some(([, , , share = ""]) => of === "files published" && share !== "");
  return {
    ...details.some((it) => it !== undefined) ? { details } : {},
    ...of === "files found" ? publishersIn(rows) : {},
    ...isServed ? { shares: rows.map(([, , , share, served]) => parseShare(share, served)) } : {},
  };
}

function parseSource(row: Row, wanted: string): Source {
  const [ip = "", digits = "", user = "", name, size, id, ...rest] = row;
  const port = parsePort(digits);
  if (!port || port < LOWEST_PEER_PORT || !isUnicast(ip)) throw malformed("bad source");
  const file = { user, name: name || wanted, ...decodeDetails(size, id) };
  return { ip, port, file, ...parseAccess(rest) };
}

function parseNamed([, , , name = "", size, id]: Row): NamedContent {
  const { details } = decodeDetails(size, id);
  if (nameFault(name) || !details) throw malformed("bad name of a source");
  return { name, details };
}

function parseFailure(verb: Verb, code: string, reason: string): Reply | undefined {
  if (code === "404" && verb === "unp") return { kind: "not published" };
  if (code === "404" && verb === "get") return { kind: "no source" };
  if (code === "409" && verb === "login") return { kind: "too many sessions" };
  if (code === "304" && verb === "share") return { kind: "same" };
  if (code === "425") return isTicket(reason) ? { kind: "moved", token: reason } : undefined;
  if (!ERROR_CODES.includes(Number(code))) return undefined;
  return { kind: "error", code: Number(code) as ErrorCode, reason };
}
