/**
 * Replies of protocol 1: the texts of the original system, byte for byte.
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { isUnicast, parsePort } from "./address.ts";
import { LOWEST_PEER_PORT, PLAIN_REPLY_BYTES } from "./limits.ts";
import { type ListOf, NOT_LOGGED_IN, type Reply, type Source, type Verb } from "./messages.ts";
import { decodeUtf8, encodeUtf8, encodeUtf8Into, utf8Length } from "./utf8.ts";

const TEXT = {
  "welcome": "Welcome to BitTrickle!",
  "login failed": "Authentication failed. Please try again.",
  "already active": "Authentication failed: user is already active",
  "published": "File published successfully",
  "unpublished": "File unpublished successfully",
  "not published": "File unpublication failed",
  "no source": "File not found",
  "done": "OK",
  // Replies that protocol 1 has not.
  "too many sessions": "Error: too many sessions",
  "same": "Error: it is the same",
} as const;

type FixedKind = keyof typeof TEXT;

const HEADING: Readonly<Record<ListOf, { none: string; one: string; many: string }>> = {
  "active peers": { none: "No active peers", one: "active peer:", many: "active peers:" },
  "files published": {
    none: "No files published",
    one: "file published:",
    many: "files published:",
  },
  "files found": { none: "No files found", one: "file found:", many: "files found:" },
  "buckets": { none: "No buckets", one: "bucket:", many: "buckets:" }, // Never in protocol 1.
};

const LIST_OF: Partial<Readonly<Record<Verb, ListOf>>> = {
  lap: "active peers",
  lpf: "files published",
  sch: "files found",
};

const FIXED_KINDS: Partial<Readonly<Record<Verb, readonly Exclude<FixedKind, "moved">[]>>> = {
  login: ["welcome", "login failed", "already active"],
  pub: ["published"],
  unp: ["unpublished", "not published"],
  get: ["no source"],
};

const ERROR_PREFIX = "Error: ";
const ERROR_PREFIX_BYTES = encodeUtf8(ERROR_PREFIX);
/** The shortest request there can be, `lap u`: no other answer is cut below its length. */
const SHORTEST_REQUEST_BYTES = 5;
/** The shortest login there can be, `login u p 1024`: no answer is cut below its length. */
const SHORTEST_LOGIN_BYTES = 14;

/**
 * The text of `reply`: what a datagram carries, and what a person reads.
 * A list is cut at a line so that the whole is at most `limit` bytes of UTF-8.
 */
export function formatPlainReply(reply: Reply, limit = Infinity): string {
  switch (reply.kind) {
    case "list":
      return formatList(reply, limit);
    case "sources":
      return sourceTexts(reply.sources).join("");
    case "error":
      return ERROR_PREFIX + reply.reason;
    // Protocol 1 has no such replies.
    case "moved":
      return `${ERROR_PREFIX}the session is at another address`; // Protocol 1 has no such reply.
    case "certificate":
      return `${ERROR_PREFIX}a certificate`; // Nor these.
    case "registration":
      return `${ERROR_PREFIX}a password is registered in the sealed protocol`;
    default:
      return TEXT[reply.kind];
  }
}

/**
 * The datagram that carries `reply`, in `buffer` if it fits: a list is cut to 1024 bytes,
 * everything else is short.
 */
export function encodePlainReply(reply: Reply, buffer?: Uint8Array): Uint8Array {
  if (buffer && reply.kind === "sources") {
    return encodeUtf8Into(buffer, ...sourceTexts(reply.sources));
  }
  const text = formatPlainReply(reply, PLAIN_REPLY_BYTES);
  return buffer ? encodeUtf8Into(buffer, text) : encodeUtf8(text);
}

/** Whether `datagram` is an error reply: answered with another, it could go round for ever. */
export function isAnswer(datagram: Uint8Array): boolean {
  return ERROR_PREFIX_BYTES.every((byte, i) => datagram[i] === byte);
}

/**
 * The reply in `datagram` to a request of `verb`. The texts inside it are still their sender's.
 *
 * @throws {BitTrickleError} `malformed` if it is no reply to that verb
 */
export function decodePlainReply(verb: Verb, datagram: Uint8Array): Reply {
  const text = decodeUtf8(datagram);
  if (isCutFrom(ERROR_PREFIX + NOT_LOGGED_IN, text, SHORTEST_REQUEST_BYTES)) {
    return { kind: "error", reason: NOT_LOGGED_IN };
  }
  if (text.startsWith(ERROR_PREFIX)) {
    return { kind: "error", reason: text.slice(ERROR_PREFIX.length) };
  }
  const reply = parseFixed(verb, text) ?? parseList(verb, text) ?? parseSource(verb, text);
  if (!reply) throw malformed(`unexpected answer to ${verb}`);
  return reply;
}

function sourceTexts(sources: readonly Source[]): string[] {
  const first = sources[0];
  return first ? ["200 ", first.ip, " ", String(first.port)] : [TEXT["no source"]];
}

/** The first line of a list of `total` items, a number that may be `written` otherwise. */
export function headingOf(of: ListOf, total: number, written = String(total)): string {
  const { none, one, many } = HEADING[of];
  return total === 0 ? none : `${written} ${total === 1 ? one : many}`;
}

function formatList(list: Reply & { kind: "list" }, limit: number): string {
  const total = list.items.length + surelyMore(list);
  const heading = headingOf(list.of, total);
  if (total === 0) return heading;
  const shown = list.items.slice(0, countFitting(list, limit - heading.length));
  return [heading, ...shown].join("\n") + restLine(list, shown.length);
}

/** Where the index says where to go on, its one more is a guess. */
function surelyMore({ more, cursor }: Reply & { kind: "list" }): number {
  return cursor === undefined ? more : more - 1;
}

/** How many items fit into `most` bytes, with the line that counts the rest if there is a rest. */
function countFitting(list: Reply & { kind: "list" }, most: number): number {
  let used = 0;
  let fitting = 0;
  for (const [i, item] of list.items.entries()) {
    used += 1 + utf8Length(item);
    if (used > most) return fitting;
    if (used + utf8Length(restLine(list, i + 1)) <= most) fitting = i + 1;
  }
  return fitting;
}

/** The line that counts what is not among the first `shown` items, if there is or may be any. */
function restLine(list: Reply & { kind: "list" }, shown: number): string {
  const rest = list.items.length + surelyMore(list) - shown;
  const isBound = list.isLowerBound === true;
  return rest > 0 || isBound ? `\n… and ${rest}${isBound ? "+" : ""} more` : "";
}

function parseFixed(verb: Verb, text: string): Reply | undefined {
  const kind = FIXED_KINDS[verb]?.find((kind) => {
    const isCut = verb === "login" && isCutFrom(TEXT[kind], text, SHORTEST_LOGIN_BYTES);
    return TEXT[kind] === text || isCut;
  });
  return kind && { kind };
}

/** Off the index's machine, a stranger gets only as much of an answer as the request was long. */
function isCutFrom(whole: string, text: string, shortest: number): boolean {
  return text.length >= shortest && whole.startsWith(text);
}

function parseList(verb: Verb, text: string): Reply | undefined {
  const of = LIST_OF[verb];
  if (!of) return undefined;
  const { none, one, many } = HEADING[of];
  if (text === none) return { kind: "list", of, items: [], more: 0 };
  const [heading = "", ...items] = text.split("\n");
  const [, count, noun] = /^([1-9][0-9]{0,8}) (.*)$/.exec(heading) ?? [];
  if (noun !== (count === "1" ? one : many)) return undefined;
  const rest = /^… and (?:([1-9][0-9]{0,8})|([1-9][0-9]{0,8}|0)\+) more$/.exec(items.at(-1) ?? "");
  if (rest) items.pop();
  const more = Number(rest?.[1] ?? rest?.[2] ?? 0);
  if (items.length + more !== Number(count)) return undefined;
  return { kind: "list", of, items, more, ...rest?.[2] ? { isLowerBound: true } : {} };
}

function parseSource(verb: Verb, text: string): Reply | undefined {
  const [, ip = "", digits = ""] = /^200 (\S+) (\d+)$/.exec(text) ?? [];
  const port = parsePort(digits);
  if (verb !== "get" || !port || port < LOWEST_PEER_PORT || !isUnicast(ip)) return undefined;
  return { kind: "sources", sources: [{ ip, port }], more: 0 };
}
