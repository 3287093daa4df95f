/**
 * The bare limit of requests: the loop of `lib/net/datagrams.ts` on the same socket API, as often at
 * once as the server has it, sending back what it received. `bare_echo.ts <loops>`
 *
 * @module
 */

import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";

const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });

async function echo(): Promise<never> {
  const buffer = new Uint8Array(DATAGRAM_BYTES + 1);
  for (;;) {
    const [datagram, from] = await socket.receive(buffer);
    await socket.send(datagram, from);
  }
}

await Promise.all(Array.from({ length: Number(Deno.args[0]) }, echo));
