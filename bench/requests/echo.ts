/**
 * The bare limit of requests: the loop of `lib/net/datagrams.ts` on the same socket API, sending
 * back what it received. `echo.ts <port>`
 *
 * @module
 */

import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";

const port = Number(Deno.args[0]);
const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port });
const buffer = new Uint8Array(DATAGRAM_BYTES + 1);
for (;;) {
  const [datagram, from] = await socket.receive(buffer);
  await socket.send(datagram, from);
}
