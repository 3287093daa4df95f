/**
 * Hellos from strangers who prove nothing.
 *
 * @module
 */

import { encodeSealedDatagram } from "../../lib/protocol/sealed_datagram.ts";
import { someBytes } from "./bytes.ts";

/** `count` hellos of users who are not there, half of them with a token that somebody made up. */
export function forgedHellos(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const ke1 = someBytes(96, i + 1).toBase64({ alphabet: "base64url" });
    const token = i % 2 === 0 ? undefined : someBytes(24, i).toBase64({ alphabet: "base64url" });
    return encodeSealedDatagram({ kind: "hello", user: `stranger${i}`, ke1, token });
  });
}
