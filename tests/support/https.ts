/**
 * HTTP over TLS, from a server whose certificate is one of a test's own authority.
 *
 * @module
 */

import type { Address } from "../../lib/protocol/address.ts";
import { type RawAnswer, sendOn } from "./raw_http.ts";
import type { TestAuthority } from "./test_authority.ts";

/** Sends `text` to `address`, which has to prove that it is `name`. */
export async function sendOverTls(
  address: Address,
  name: string,
  authority: TestAuthority,
  text: string,
): Promise<RawAnswer> {
  const caCerts = [await authority.certificate()];
  const options = { hostname: name, caCerts, alpnProtocols: ["http/1.1"] };
  using connection = await Deno.startTls(await Deno.connect(address), options);
  return await sendOn(connection, text);
}

/** Whether `address` proves that it is `name`, and is well. */
export async function isWellOverTls(
  address: Address,
  name: string,
  authority: TestAuthority,
): Promise<boolean> {
  const text = `GET /healthz HTTP/1.1\r\nHost: ${name}\r\n\r\n`;
  const answer = await sendOverTls(address, name, authority, text).catch(() => undefined);
  return answer?.status === 200;
}
