/**
 * Tickets, by an idea of Kerberos: the index lets one user fetch one file from one source, and seals
 * that for the source, which need not ask back. It travels index -> downloader -> source, in base64url,
 * and never in clear. Numbers are big-endian:
 *
 *     0   8  number, u64
 *     8      box, to the end, under the header "BT2/ticket"; in it:
 *            0   8  expires, f64, in milliseconds of the index's clock
 *            8  32  id
 *           40   8  size, f64
 *           48      downloader, UTF-8, to the end
 *
 * @module
 */

import { open, sealInto, TAG_BYTES } from "./aead.ts";
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
const NUMBER_BYTES = 8;
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
 * Issues a ticket.
 *
 * @param ticketKey What index and source share
 * @param number A whole number that no other ticket of this key has
 */
export function issueTicket(ticketKey: Uint8Array, number: number, ticket: Ticket): string {
  const text = writeText(ticket);
  const bytes = SEALED.bytes.subarray(0, NUMBER_BYTES + text.length + TAG_BYTES);
  SEALED.view.setBigUint64(0, BigInt(number));
  sealInto(bytes.subarray(NUMBER_BYTES), ticketKey, number, HEADER, text);
  return toBase64Url(bytes);
}

/** What is in `ticket`, or `undefined` if it is not one of this key. */
export function openTicket(ticketKey: Uint8Array, ticket: string): Ticket | undefined {
  const bytes = ticket.length <= TICKET_CHARACTERS ? fromBase64Url(ticket) : undefined;
  if (!bytes || bytes.length < NUMBER_BYTES) return undefined;
  const number = Number(new DataView(bytes.buffer).getBigUint64(0));
  if (!Number.isSafeInteger(number)) return undefined;
  const text = open(ticketKey, number, HEADER, bytes.subarray(NUMBER_BYTES));
  if (!text || text.length < DOWNLOADER_AT) return undefined;
  const view = new DataView(text.buffer, text.byteOffset);
  return {
    expires: view.getFloat64(0),
    id: text.subarray(ID_AT, SIZE_AT).toHex(),
    size: view.getFloat64(SIZE_AT),
    downloader: decodeUtf8(text.subarray(DOWNLOADER_AT)),
  };
}

/** `expires` as a double, the bytes of `id`, `size` as a double, and `downloader` in UTF-8. */
function writeText({ downloader, id, size, expires }: Ticket): Uint8Array {
  TEXT.view.setFloat64(0, expires);
  TEXT.bytes.subarray(ID_AT).setFromHex(id);
  TEXT.view.setFloat64(SIZE_AT, size);
  const user = encodeUtf8Into(TEXT.bytes.subarray(DOWNLOADER_AT), downloader);
  return TEXT.bytes.subarray(0, DOWNLOADER_AT + user.length);
}
