/**
 * Many sessions that say every two seconds that they are there, each at its own socket. Lines of input:
 * `enter` logs everybody in, `check` counts those whom the server has forgotten, `leave` makes all
 * fall silent. `crowd.ts <port> plain|sealed`
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { toStdout } from "../../lib/cli/write.ts";
import { HEARTBEAT_MS } from "../../lib/protocol/limits.ts";
import { linesOf } from "../lines.ts";
import { type AnyAsker, Asker, enterAtLast } from "../requests/asker.ts";
import { giveUpAfter, pause, stayOnOneCore } from "../requests/fast_udp.ts";
import { SealedAsker } from "../requests/sealed_asker.ts";
import { CROWD, crowdName } from "./names.ts";

/** What every line is answered by. */
export interface Crowd {
  readonly seconds: number;
  readonly forgotten: number;
  /** The longest that anybody was silent, in milliseconds: too long is the fault of this process. */
  readonly longestSilence: number;
}

const SLICE_MS = 2;
/** Who lags behind catches up without flooding the server. */
const BEATS_AT_ONCE = 64;
/** Others beat while one waits for an answer: no answer takes that many looks. */
const PATIENCE = 1_000;
/** The answer to a heartbeat has come after that long. */
const ANSWER_MICROS = 5_000;
const [port, kind] = Deno.args as [string, keyof typeof CROWD];
const KINDS = { plain: Asker, sealed: SealedAsker };
const crowd = Array.from({ length: CROWD[kind] }, (_, i) => {
  return new KINDS[kind](Number(port), crowdName(kind, i));
});
/** In the order of their next heartbeats. */
const beats: { readonly asker: AnyAsker; readonly due: number }[] = [];
let longestSilence = 0;

function beatDue(): void {
  const now = performance.now();
  for (let sent = 0; sent < BEATS_AT_ONCE && beats.length > 0 && beats[0]!.due <= now; sent++) {
    const { asker, due } = beats.shift()!;
    while (asker.look() !== undefined); // Sealed heartbeats are answered.
    asker.ask("heartbeat");
    longestSilence = Math.max(longestSilence, now - due + HEARTBEAT_MS);
    beats.push({ asker, due: due + HEARTBEAT_MS });
  }
}

async function enter(): Promise<number> {
  for (const asker of crowd) {
    await enterAtLast(asker);
    beats.push({ asker, due: performance.now() + HEARTBEAT_MS });
    beatDue();
  }
  return 0;
}

function check(): number {
  let forgotten = 0;
  for (const asker of crowd) {
    if (!isKnown(asker)) forgotten++;
    beatDue();
  }
  return forgotten;
}

/** What arrives first may be the answer to a heartbeat. */
function isKnown(asker: AnyAsker): boolean {
  while (asker.look() !== undefined);
  asker.ask("lap");
  if (asker.hear()) return true;
  pause(ANSWER_MICROS);
  while (asker.look() !== undefined);
  asker.ask("lap");
  return asker.hear();
}

function leave(): number {
  beats.length = 0;
  return 0;
}

async function beatForever(): Promise<never> {
  for (;;) {
    beatDue();
    await delay(SLICE_MS);
  }
}

if (import.meta.main) {
  stayOnOneCore();
  giveUpAfter(PATIENCE);
  const commands: Record<string, () => number | Promise<number>> = { enter, check, leave };
  beatForever();
  for await (const command of linesOf(Deno.stdin.readable)) {
    const began = performance.now();
    const forgotten = await commands[command]!();
    const seconds = (performance.now() - began) / 1_000;
    const crowd: Crowd = { seconds, forgotten, longestSilence };
    toStdout(`${JSON.stringify(crowd)}\n`);
  }
  Deno.exit(); // Whoever tells what to do has gone.
}
