/**
 * Answers of the HTTP server. All of them tell browsers to trust nothing but this server's own files.
 *
 * @module
 */

import type { BitTrickleError, ErrorCode } from "../../errors.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";

/** Writes parts of an answer that has no end, until its reader is `gone`. */
export type WriteStream = (
  write: (bytes: Uint8Array) => Promise<void>,
  gone: Promise<void>,
) => Promise<void>;

/** An answer. */
export interface HttpResponse {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array | WriteStream;
  /** Further fields. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
}

/** Why a request is not answered otherwise. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** On every answer. */
const SECURITY = [
  `Content-Security-Policy: ${POLICY}`,
  "X-Content-Type-Options: nosniff",
  "X-Frame-Options: DENY",
  "Referrer-Policy: no-referrer",
  "Cross-Origin-Opener-Policy: same-origin",
  "Cross-Origin-Resource-Policy: same-origin",
  "Cache-Control: no-store",
  "Connection: close",
];

const STATUSES: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  malformed: 400,
  not_found: 404,
  exists: 409,
  refused: 403,
  timeout: 503,
  interrupted: 503,
};

/** An answer that holds `value`. */
export function json(value: unknown, status = 200): HttpResponse {
  return jsonText(JSON.stringify(value), status);
}

/** An answer that holds JSON. */
export function jsonText(text: string, status = 200): HttpResponse {
  return { status, type: "application/json", body: encodeUtf8(text) };
}

/** An answer in plain text. */
export function plain(text: string, status = 200): HttpResponse {
  return { status, type: "text/plain; charset=utf-8", body: encodeUtf8(text) };
}

/** The answer to what is refused. */
export function refusal({ status, reason }: Refusal): HttpResponse {
  return json({ error: reason }, status);
}

/** The answer to what failed. */
export function failure({ code, message }: BitTrickleError): HttpResponse {
  return json({ error: message, code }, STATUSES[code] ?? 500);
}

/** `response` with one more field. */
export function withField(response: HttpResponse, name: string, value: string): HttpResponse {
  return { ...response, fields: [...response.fields ?? [], [name, value]] };
}

/** What goes before the body of `response`. */
export function encodeHead({ status, type, body, fields = [] }: HttpResponse): Uint8Array {
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? ""}`,
    `Content-Type: ${type}`,
    ...typeof body === "function" ? [] : [`Content-Length: ${body.length}`],
    ...SECURITY,
    ...fields.map(([name, value]) => `${name}: ${value}`),
  ];
  return encodeUtf8(`${lines.join("\r\n")}\r\n\r\n`);
}
