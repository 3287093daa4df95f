/**
 * What peers say to each other in protocol 2: one line each in clear, then sealed records.
 *
 *     downloader -> source   BT2/get <ticket> <nonce> LF
 *     source -> downloader   BT2/ok <nonce> LF, or BT2/err <code> LF and the end
 *     downloader -> source   records, each with a request
 *     source -> downloader   records: to each request replies, `429 <place>` any number of times and
 *                            then `200 <count>`, with so many records of content, or another code
 *
 * A record, either way: the length of its box (u32 big-endian) and the box, under the header of these
 * 4 bytes. Its number counts the records of its direction from 0.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { hkdfSync } from "node:crypto";
import { malformed } from "../errors.ts";
import { KEY_BYTES } from "./aead.ts";
import { MAX_PIECES, TICKET_CHARACTERS } from "./limits.ts";
import { BITMAP_PIECES, CHOICE_PIECES } from "./swarm_limits.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** Bytes of a nonce. */
export const NONCE_BYTES = 16;

/** Longest line in clear: `BT2/get `, a ticket, a nonce and the end of the line. */
export const LINE_BYTES = 8 + TICKET_CHARACTERS + 1 + 22 + 1;

/** The first line of a connection, from the downloader. */
export interface TransferOpening {
  readonly ticket: string;
  /** In base64url. */
  readonly nonce: string;
}

/**
 * Why a source does not serve, in the meanings of HTTP's status codes (RFC 9110 section 15): `416` if
 * it has the file in part and lacks that piece, `503` if all pieces of a choice are on their way to
 * others who will pass them on.
 */
export type TransferRefusal = 400 | 403 | 404 | 410 | 416 | 503;

/** The source's first line: its nonce in base64url, or why it refuses. */
export type TransferAnswer = { readonly nonce: string } | { readonly refusal: TransferRefusal };

/**
 * A request about a file, which is the ticket's, or the last one's if there is none. Each is one
 * sealed record of text:
 *
 * ```
 * layer [<ticket>]
 * pieces <first> <count> [<ticket>]
 * choice <piece>,<piece>,... [<ticket>]
 * have <first> <count> [<ticket>]
 * bad <piece> [<ticket>]
 * ```
 *
 * `choice` asks for the one of these pieces that the source has sent to the fewest. It is answered by
 * two records: the number of the piece (u32 big-endian), and the piece. `have` asks which of `count`
 * pieces from `first` on the source has. It is answered by one record, a bit for each, from the highest
 * bit of the first byte on; bits beyond the last piece are 0.
 *
 * `bad` tells the source that `piece`, which it sent on this connection, is not what its hash says.
 * The source looks at the piece again and answers `200 0` if it is right as it stands there, `410` if
 * the file has changed without a sign, from when on it is hashed again, and `400` for a piece that
 * it has not sent lately.
 */
export type TransferRequest =
  | { readonly verb: "layer"; readonly ticket?: string | undefined }
  | {
    readonly verb: "pieces";
    /** Counted from 0. */
    readonly first: number;
    readonly count: number;
    readonly ticket?: string | undefined;
  }
  | {
    readonly verb: "choice";
    /** Counted from 0, the most wanted first; {@linkcode CHOICE_PIECES} at most, none twice. */
    readonly pieces: readonly number[];
    readonly ticket?: string | undefined;
  }
  | {
    readonly verb: "have";
    /** Counted from 0. */
    readonly first: number;
    /** {@linkcode BITMAP_PIECES} at most. */
    readonly count: number;
    readonly ticket?: string | undefined;
  }
  | {
    readonly verb: "bad";
    /** Counted from 0. */
    readonly piece: number;
    readonly ticket?: string | undefined;
  };

/** The answer to a request; after `records`, so many records of content follow. */
export type TransferReply =
  | { readonly kind: "records"; readonly count: number }
  | { readonly kind: "queued"; readonly position: number }
  | { readonly kind: "refused"; readonly code: TransferRefusal };

/** The keys of one connection. */
export interface TransferKeys {
  readonly toSource: Uint8Array;
  readonly toDownloader: Uint8Array;
}

const NONCE = "[A-Za-z0-9_-]{22}";
const TICKET = `[A-Za-z0-9_-]{1,${TICKET_CHARACTERS}}`;
const NUMBER = "(?:0|[1-9][0-9]{0,7})";
const OPENING = new RegExp(`^BT2/get (${TICKET}) (${NONCE})$`);
const ANSWER = new RegExp(`^BT2/(?:ok (${NONCE})|err (400|403|404|410))$`);
const LAYER = new RegExp(`^layer(?: (${TICKET}))?$`);
const PIECES = new RegExp(`^pieces (${NUMBER}) (${NUMBER})(?: (${TICKET}))?$`);
const CHOICE = new RegExp(
  `^choice (${NUMBER}(?:,${NUMBER}){0,${CHOICE_PIECES - 1}})(?: (${TICKET}))?$`,
);
const HAVE = new RegExp(`^have (${NUMBER}) (${NUMBER})(?: (${TICKET}))?$`);
const BAD = new RegExp(`^bad (${NUMBER})(?: (${TICKET}))?$`);
const REPLY = new RegExp(`^(200|429) (${NUMBER})$|^(400|403|404|410|416|503)$`);

/** The line that opens a connection, with its end. */
export function encodeOpening({ ticket, nonce }: TransferOpening): Uint8Array {
  return encodeUtf8(`BT2/get ${ticket} ${nonce}\n`);
}

/**
 * The opening in `line`, which has no end any more.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeOpening(line: Uint8Array): TransferOpening {
  const [, ticket, nonce] = OPENING.exec(decodeUtf8(line)) ?? [];
  if (!ticket || !nonce) throw malformed("bad opening");
  return { ticket, nonce };
}

/** The source's first line, with its end. */
export function encodeAnswer(answer: TransferAnswer): Uint8Array {
  return encodeUtf8("nonce" in answer ? `BT2/ok ${answer.nonce}\n` : `BT2/err ${answer.refusal}\n`);
}

/**
 * The answer in `line`, which has no end any more.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeAnswer(line: Uint8Array): TransferAnswer {
  const [, nonce, code] = ANSWER.exec(decodeUtf8(line)) ?? [];
  if (nonce) return { nonce };
  if (code) return { refusal: Number(code) as TransferRefusal };
  throw malformed("the peer does not speak this protocol");
}

/** The text of a request. */
export function encodeTransferRequest(request: TransferRequest): Uint8Array {
  const what = encodeVerb(request);
  return encodeUtf8(request.ticket === undefined ? what : `${what} ${request.ticket}`);
}

function encodeVerb(request: TransferRequest): string {
  switch (request.verb) {
    case "layer":
      return "layer";
    case "pieces":
      return `pieces ${request.first} ${request.count}`;
    case "choice":
      return `choice ${request.pieces.join(",")}`;
    case "have":
      return `have ${request.first} ${request.count}`;
    case "bad":
      return `bad ${request.piece}`;
  }
}

/**
 * The request in `text`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeTransferRequest(text: Uint8Array): TransferRequest {
  const line = decodeUtf8(text);
  const layer = LAYER.exec(line);
  if (layer) return { verb: "layer", ...withTicket(layer[1]) };
  const bad = BAD.exec(line);
  if (bad) return decodeBad(Number(bad[1]), bad[2]);
  const choice = CHOICE.exec(line);
  if (choice) return decodeChoice(choice[1]!.split(",").map(Number), choice[2]);
  const have = HAVE.exec(line);
  if (have) return decodeSpan("have", have);
  const pieces = PIECES.exec(line);
  if (pieces) return decodeSpan("pieces", pieces);
  throw malformed("bad request");
}

function decodeSpan(verb: "have" | "pieces", [, from, many, ticket]: RegExpExecArray) {
  const [first, count] = [Number(from), Number(many)];
  const isLegal = count > 0 && first + count <= MAX_PIECES;
  if (!isLegal || (verb === "have" && count > BITMAP_PIECES)) throw malformed("bad request");
  return { verb, first, count, ...withTicket(ticket) };
}

function decodeChoice(pieces: readonly number[], ticket: string | undefined): TransferRequest {
  const isLegal = pieces.every((piece) => piece < MAX_PIECES) &&
    new Set(pieces).size === pieces.length;
  if (!isLegal) throw malformed("bad request");
  return { verb: "choice", pieces, ...withTicket(ticket) };
}

function decodeBad(piece: number, ticket: string | undefined): TransferRequest {
  if (piece >= MAX_PIECES) throw malformed("bad request");
  return { verb: "bad", piece, ...withTicket(ticket) };
}

/** The text of a reply. */
export function encodeTransferReply(reply: TransferReply): Uint8Array {
  switch (reply.kind) {
    case "records":
      return encodeUtf8(`200 ${reply.count}`);
    case "queued":
      return encodeUtf8(`429 ${reply.position}`);
    case "refused":
      return encodeUtf8(String(reply.code));
  }
}

/**
 * The reply in `text`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeTransferReply(text: Uint8Array): TransferReply {
  const [, code, number, refusal] = REPLY.exec(decodeUtf8(text)) ?? [];
  if (refusal) return { kind: "refused", code: Number(refusal) as TransferRefusal };
  if (code === "200") return { kind: "records", count: Number(number) };
  if (code === "429") return { kind: "queued", position: Number(number) };
  throw malformed("bad reply");
}

/**
 * The keys of a connection, by HKDF-SHA-256 (RFC 5869). Both sides' nonces go into them, so that no
 * key serves two connections, however often a ticket is shown.
 *
 * @param key The key that goes with the ticket
 */
export function deriveTransferKeys(
  key: Uint8Array,
  downloaderNonce: string,
  sourceNonce: string,
): TransferKeys {
  const salt = Buffer.from(downloaderNonce + sourceNonce);
  const derive = (purpose: string) => {
    return new Uint8Array(hkdfSync("sha256", key, salt, `BitTrickle 2 ${purpose}`, KEY_BYTES));
  };
  return { toSource: derive("to source"), toDownloader: derive("to downloader") };
}

function withTicket(ticket: string | undefined): { ticket?: string } {
  return ticket === undefined ? {} : { ticket };
}
