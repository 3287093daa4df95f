/**
 * Tickets, by an idea of Kerberos: the index lets one user fetch one file from one source, and seals
 * that for the source, which need not ask back. It travels index -> downloader -> source, in base64url,
 * and never in clear. Numbers are big-endian:
 *
 *     0  16  issuer: whose numbers these are, of all who issue tickets for a session
 *    16   8  number, u64
 *    24      box, to the end, under the header "BT2/ticket" and the key of the issuer; in it:
 *            0   8  expires, f64, in milliseconds of the index's clock
 *            8  32  id
 *           40   8  size, f64
 *           48      downloader, UTF-8, to the end
 *
 * @module
 */

import { hkdfSync } from "node:crypto";
import { KEY_BYTES, open, sealInto, TAG_BYTES } from "./aead.ts";
import { fromBase64Url, isBase64Url, toBase64Url } from "./base64url.ts";
import { TICKET_CHARACTERS } from "./limits.ts";
import { HASH_BYTES } from "./merkle.ts";
import { decodeUtf8, encodeUtf8, encodeUtf8Into } from "./utf8.ts";

/** What a ticket allows. */
export interface Ticket {
  /** Who may fetch. */
  readonly downloader: string;
  /** What: the id of a file, in hexadecimal. */
  readonly id: string;
  /** Its size in bytes: an id alone may stand for two files. */
  readonly size: number;
  /** Until when, in milliseconds of the index's clock. */
  readonly expires: number;
}

/** What it takes to fetch a file from a source. */
export interface Pass {
  /** In base64url. */
  readonly ticket: string;
  /** Who the source is, see `tls.ts`: nobody else is shown the ticket. */
  readonly label: string;
}

/** A ticket that was shown in time. */
export interface ShownTicket extends Ticket {
  /** How long it is still good for, in milliseconds. */
  readonly leftMs: number;
}

const HEADER = encodeUtf8("BT2/ticket");
const PURPOSE = "BitTrickle 2 issuer";
/** Bytes that name an issuer: drawn at random, no two of them are ever the same. */
export const ISSUER_BYTES = 16;
const NUMBER_BYTES = 8;
/** Where in a ticket the box begins. */
const BOX_AT = ISSUER_BYTES + NUMBER_BYTES;
const EXPIRES_BYTES = 8;
const SIZE_BYTES = 8;
/** Where in the text of a ticket there is what. */
const ID_AT = EXPIRES_BYTES;
const SIZE_AT = ID_AT + HASH_BYTES;
const DOWNLOADER_AT = SIZE_AT + SIZE_BYTES;
/** Scratch buffers for one ticket: allocating them would cost more than filling them. */
const [TEXT, SEALED] = [scratch(), scratch()];

function scratch(): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(TICKET_CHARACTERS);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Whether `text` is written like a ticket. */
export function isTicket(text: string): boolean {
  return text.length <= TICKET_CHARACTERS && isBase64Url(text);
}

/**
 * Issues tickets. Several servers may issue tickets for one session: each counts for itself, and seals
 * under keys of its own, so that no key ever seals two texts under one number.
 */
export class TicketIssuer {
  readonly #id: Uint8Array;
  #issued: number;
  /** The keys of this issuer, by those of the sessions. */
  readonly #keys = new WeakMap<Uint8Array, Uint8Array>();

  /**
   * @param id {@linkcode ISSUER_BYTES} random bytes that nobody has used before
   * @param issued How many there have been
   */
  constructor(id: Uint8Array, issued = 0) {
    if (id.length !== ISSUER_BYTES) throw new RangeError(`an issuer has ${ISSUER_BYTES} bytes`);
    this.#id = id;
    this.#issued = issued;
  }

  /**
   * Issues a ticket.
   *
   * @param ticketKey What index and source share
   */
  issue(ticketKey: Uint8Array, ticket: Ticket): string {
    const text = writeText(ticket);
    const number = ++this.#issued;
    const bytes = SEALED.bytes.subarray(0, BOX_AT + text.length + TAG_BYTES);
    bytes.set(this.#id);
    SEALED.view.setBigUint64(ISSUER_BYTES, BigInt(number));
    sealInto(bytes.subarray(BOX_AT), this.#keyFor(ticketKey), number, HEADER, text);
    return toBase64Url(bytes);
  }

  #keyFor(ticketKey: Uint8Array): Uint8Array {
    const known = this.#keys.get(ticketKey);
    if (known) return known;
    const key = keyOfIssuer(ticketKey, this.#id);
    this.#keys.set(ticketKey, key);
    return key;
  }
}

/** What is in `ticket`, or `undefined` if it is not one of this key. */
export function openTicket(ticketKey: Uint8Array, ticket: string): Ticket | undefined {
  const bytes = ticket.length <= TICKET_CHARACTERS ? fromBase64Url(ticket) : undefined;
  if (!bytes || bytes.length < BOX_AT) return undefined;
  const number = Number(new DataView(bytes.buffer).getBigUint64(ISSUER_BYTES));
  if (!Number.isSafeInteger(number)) return undefined;
  const key = keyOfIssuer(ticketKey, bytes.subarray(0, ISSUER_BYTES));
  const text = open(key, number, HEADER, bytes.subarray(BOX_AT));
  if (!text || text.length < DOWNLOADER_AT) return undefined;
  const view = new DataView(text.buffer, text.byteOffset);
  return {
    expires: view.getFloat64(0),
    id: text.subarray(ID_AT, SIZE_AT).toHex(),
    size: view.getFloat64(SIZE_AT),
    downloader: decodeUtf8(text.subarray(DOWNLOADER_AT)),
  };
}

function keyOfIssuer(ticketKey: Uint8Array, issuer: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", ticketKey, issuer, PURPOSE, KEY_BYTES));
}

/** `expires` as a double, the bytes of `id`, `size` as a double, and `downloader` in UTF-8. */
function writeText({ downloader, id, size, expires }: Ticket): Uint8Array {
  TEXT.view.setFloat64(0, expires);
  TEXT.bytes.subarray(ID_AT).setFromHex(id);
  TEXT.view.setFloat64(SIZE_AT, size);
  const user = encodeUtf8Into(TEXT.bytes.subarray(DOWNLOADER_AT), downloader);
  return TEXT.bytes.subarray(0, DOWNLOADER_AT + user.length);
}
