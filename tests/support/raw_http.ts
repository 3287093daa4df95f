/**
 * HTTP as bytes: requests that no browser would send.
 *
 * @module
 */

import type { Address } from "../../lib/protocol/address.ts";

/** An answer, in parts. */
export interface RawAnswer {
  readonly status: number;
  readonly fields: Headers;
  readonly text: string;
}

/** What to ask with {@linkcode ask}. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** Further fields, or others in the place of the usual ones; an empty one is left out. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request as a browser would, but for what it says. */
export async function ask(address: Address, request: RawRequest): Promise<RawAnswer> {
  const { method = "GET", path, fields = {}, body } = request;
  const own = `${address.hostname}:${address.port}`;
  const all: Record<string, string> = {
    Host: own,
    ...method === "POST" ? { Origin: `http://${own}`, "Content-Type": "application/json" } : {},
    ...body === undefined
      ? {}
      : { "Content-Length": String(new TextEncoder().encode(body).length) },
    ...fields,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== "").map(([name, value]) => {
    return `${name}: ${value}`;
  });
  return await send(
    address,
    `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body ?? ""}`,
  );
}

/** Sends `text`, and returns what comes until the end. */
export async function send(address: Address, text: string): Promise<RawAnswer> {
  using connection = await Deno.connect(address);
  return await sendOn(connection, text);
}

/** The same on a connection that is there. */
export async function sendOn(connection: Deno.Conn, text: string): Promise<RawAnswer> {
  await writeAll(connection, new TextEncoder().encode(text)).catch(() => {});
  return parseAnswer(await new Response(connection.readable).text());
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function parseAnswer(text: string): RawAnswer {
  const [head = "", body = ""] = text.split(/\r\n\r\n(.*)/s, 2);
  const [start = "", ...lines] = head.split("\r\n");
  const fields = new Headers(lines.map((line): [string, string] => {
    const [name = "", value = ""] = line.split(/: (.*)/s, 2);
    return [name, value];
  }));
  return { status: Number(start.split(" ")[1] ?? 0), fields, text: body };
}
