/**
 * Which end of TLS this runtime can have.
 *
 * @module
 */

import type { TlsIdentity, TlsTerminator } from "./tls_terminator.ts";
import { TlsRelay } from "./tls_relay.ts";

/** The first Deno whose `node:tls` can be a server over any stream. */
const STREAMS_SINCE = [2, 9] as const;

/** Takes TLS off connections as well as this runtime can. */
export async function makeTlsTerminator(identity: TlsIdentity): Promise<TlsTerminator> {
  if (!hasStreams(Deno.version.deno)) return new TlsRelay(identity);
  // Whoever serves nothing does without it: `node:tls` takes 20 ms to load.
  const { TlsStreams } = await import("./tls_stream.ts");
  return new TlsStreams(identity);
}

/** Whether Deno of this version can serve TLS over any stream. */
export function hasStreams(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > STREAMS_SINCE[0] || (major === STREAMS_SINCE[0] && minor >= STREAMS_SINCE[1]);
}
