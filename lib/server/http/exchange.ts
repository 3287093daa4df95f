/**
 * One request and its answer on a connection.
 *
 * @module
 */

import { AwakeTimer } from "../../async/awake.ts";
import type { Connection } from "../../net/connection.ts";
import { HEAD_BYTES, type HttpRequest, parseHead, type RequestHead } from "./request.ts";
import {
  encodeHead,
  type HttpResponse,
  type Refusal,
  refusal,
  type WriteStream,
} from "./response.ts";

/** What is spoken, as TLS names it (ALPN). */
export const HTTP_PROTOCOL = "http/1.1";
/** How long a client may take for its whole request, in milliseconds: a slow line needs one. */
export const REQUEST_MS = 10_000;
/** How long to wait for a client to take note of the end, in milliseconds. */
const LEAVING_MS = 1_000;

/** Answers a request. It never rejects. */
export type Answer = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * Reads a request, answers it, and leaves.
 *
 * @param onWaiting Hears that the request is there, so that this side waits no more, or does again
 * @param requestMs How long it may take to come, in milliseconds
 * @throws {BitTrickleError} `network`, `timeout` or `interrupted`
 */
export async function exchange(
  connection: Connection,
  answer: Answer,
  onWaiting: (isWaiting: boolean) => void = () => {},
  requestMs: number = REQUEST_MS,
): Promise<void> {
  const request = await readRequest(connection, requestMs);
  onWaiting(false);
  if (request === undefined) return;
  const response = "status" in request ? refusal(request) : await answer(request);
  const isHead = "method" in request && request.method === "HEAD";
  if (typeof response.body === "function") {
    return await stream(connection, response, response.body, isHead);
  }
  await connection.write(joined(encodeHead(response), isHead ? NOTHING : response.body));
  onWaiting(true);
  await leave(connection);
}

/** Lets the client take in what was sent: to close on what is unread would take it away again. */
async function leave(connection: Connection): Promise<void> {
  using _ = new AwakeTimer(LEAVING_MS, () => connection.close());
  await connection.endWriting();
  await drain(connection);
}

const NOTHING = new Uint8Array();

/** The request, why it is refused, or nothing if the client has gone. */
async function readRequest(
  connection: Connection,
  requestMs: number,
): Promise<HttpRequest | Refusal | undefined> {
  // A client that sends byte by byte is closed as well.
  using _ = new AwakeTimer(requestMs, () => connection.close());
  const buffer = new Uint8Array(HEAD_BYTES);
  let length = 0;
  for (;;) {
    if (length === buffer.length) return { status: 431, reason: `more than ${HEAD_BYTES} bytes` };
    const read = await connection.read(buffer.subarray(length));
    if (read === null) return undefined;
    length += read;
    const text = latin1(buffer.subarray(0, length));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const head = parseHead(text.slice(0, end));
    if ("status" in head) return head;
    return await readBody(connection, head, buffer.subarray(end + 4, length));
  }
}

/** @param begun What has come of the body, and perhaps of what nobody asked for */
async function readBody(
  connection: Connection,
  head: RequestHead,
  begun: Uint8Array,
): Promise<HttpRequest | undefined> {
  const body = new Uint8Array(head.bodyBytes);
  let length = Math.min(begun.length, body.length);
  body.set(begun.subarray(0, length));
  while (length < body.length) {
    const read = await connection.read(body.subarray(length));
    if (read === null) return undefined;
    length += read;
  }
  return { ...head, body, ...connection.peer };
}

/** Writes an answer without an end, until the client leaves. */
async function stream(
  connection: Connection,
  response: HttpResponse,
  body: WriteStream,
  isHead: boolean,
): Promise<void> {
  await connection.write(encodeHead(response));
  if (isHead) return await leave(connection);
  connection.mayBeSilent = true;
  const gone = drain(connection).finally(() => connection.close());
  await body((bytes) => connection.write(bytes), gone).finally(() => connection.close());
  await gone;
}

/** Reads what comes until the end. */
async function drain(connection: Connection): Promise<void> {
  const buffer = new Uint8Array(HEAD_BYTES);
  await (async () => {
    while (await connection.read(buffer) !== null);
  })().catch(() => {});
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
