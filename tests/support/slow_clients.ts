/**
 * A program that opens slow connections to an HTTP server, and keeps them open: each sends a byte a
 * second of a request that never ends, and comes again a second after it was closed.
 *
 *     deno run --allow-net slow_clients.ts <port> <count>
 *
 * It says `ready` when all have been opened once.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { toStdout } from "../../lib/cli/write.ts";

const PAUSE_MS = 1_000;
/** Between two that begin: a flood of new connections is another attack. */
const APART_MS = 1;

async function beSlow(port: number, onOpen: () => void): Promise<never> {
  for (;;) {
    try {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      onOpen();
      for (;;) {
        await connection.write(new TextEncoder().encode("G"));
        await delay(PAUSE_MS);
      }
    } catch {
      onOpen();
      await delay(PAUSE_MS);
    }
  }
}

if (import.meta.main) {
  const [port = 0, count = 0] = Deno.args.map(Number);
  let opened = 0;
  for (let i = 0; i < count; i++) {
    let isFirst = true;
    beSlow(port, () => {
      if (isFirst && ++opened === count) toStdout("ready\n");
      isFirst = false;
    });
    await delay(APART_MS);
  }
}
