/**
 * Users who log in, one after the other, at a fixed rate, in turn over either protocol; every line of
 * input says for how many milliseconds. `comers.ts <port>`
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { toStdout } from "../../lib/cli/write.ts";
import { linesOf } from "../lines.ts";
import { Asker, enterAtLast } from "../requests/asker.ts";
import { stayOnOneCore } from "../requests/fast_udp.ts";
import { SealedAsker } from "../requests/sealed_asker.ts";
import { comerName, COMERS } from "./names.ts";

/** How many logged in. */
export interface Comers {
  readonly logins: number;
}

const PAUSE_MS = 20;
const port = Number(Deno.args[0]);
const comers = Array.from({ length: COMERS }, (_, i) => {
  return new (i % 2 === 0 ? Asker : SealedAsker)(port, comerName(i));
});

async function comeFor(ms: number): Promise<number> {
  let logins = 0;
  for (const end = performance.now() + ms; performance.now() < end; logins++) {
    await enterAtLast(comers[logins % COMERS]!);
    await delay(PAUSE_MS);
  }
  return logins;
}

if (import.meta.main) {
  stayOnOneCore();
  for await (const ms of linesOf(Deno.stdin.readable)) {
    const comers: Comers = { logins: await comeFor(Number(ms)) };
    toStdout(`${JSON.stringify(comers)}\n`);
  }
}
