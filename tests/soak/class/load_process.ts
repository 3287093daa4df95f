/**
 * What the processes of clients have in common: they are asked for samples, and told to leave.
 *
 * @module
 */

import { setPriority } from "node:os";
import { answerLines } from "../../../bench/lines.ts";

/** In reality clients run on other machines: here they must not take the server's processor. */
const NICENESS = 10;

/**
 * Lets clients come and go, and answers each line of the input by what they did since the last one,
 * until it ends. After `leave` all have left.
 *
 * @param begin Starts the clients, each of which goes on until the signal fires
 */
export async function runClients(
  begin: (signal: AbortSignal) => readonly Promise<void>[],
  sample: () => unknown,
): Promise<never> {
  setPriority(NICENESS);
  const leaving = new AbortController();
  const lives = begin(leaving.signal);
  await answerLines(async (line) => {
    if (line === "leave") {
      leaving.abort();
      await Promise.all(lives);
    }
    return sample();
  });
  Deno.exit(); // The one who asks has gone.
}
