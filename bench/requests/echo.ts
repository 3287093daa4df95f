/**
 * The bare limit of requests: the loop of `lib/net/datagrams.ts` on the same socket API, several at
 * once, sending back what it received, or nothing. `echo.ts <port> <loops> [silent]`
 *
 * @module
 */

import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";

const [port, loops, silent] = Deno.args;
const address = { hostname: "127.0.0.1", port: Number(port) };
const socket = Deno.listenDatagram({ transport: "udp", ...address });

async function echo(): Promise<never> {
  const buffer = new Uint8Array(DATAGRAM_BYTES + 1);
  for (;;) {
    const [datagram, from] = await socket.receive(buffer);
    if (!silent) await socket.send(datagram, from);
  }
}

await Promise.all(Array.from({ length: Number(loops) }, echo));
