/**
 * Who asks while others come, stay and go. Lines of input: `search <ms>` asks at full rate, one of all
 * for a file and the others for names; `ask <ms>` asks for a file and for who is active at a low rate;
 * `collect` publishes very much in the name of one user. `prober.ts <port>`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { HEARTBEAT_MS } from "../../lib/protocol/limits.ts";
import { linesOf } from "../lines.ts";
import { Asker, enterAtLast } from "../requests/asker.ts";
import { pauseExactly, stayOnOneCore } from "../requests/fast_udp.ts";
import { catalogueNames, type Measured } from "../requests/questions.ts";
import { publishAll } from "../requests/saturation.ts";
import { askerName, ASKERS, FILE, PUBLISHER } from "../requests/users.ts";
import { collectedNames, COLLECTOR } from "./names.ts";
import { Probe, probe, type Probed } from "./probe.ts";

/** What is asked at a low rate, each by somebody with that pause after each answer. */
const FEW: readonly Measured[] = ["get", "lap", "sch"];
const FEW_PAUSE_MS = 2;
/** As much as one session may publish at once, and less. */
const PORTION = 1_000;

const port = Number(Deno.args[0]);
const publisher = new Asker(port, PUBLISHER);
const askers = Array.from({ length: ASKERS }, (_, i) => new Asker(port, askerName(i)));
const collector = new Asker(port, COLLECTOR);
let isFilled = false;
let beatAt = 0;

async function enter(): Promise<void> {
  for (const asker of [publisher, ...askers]) await enterAtLast(asker);
  publishAll([publisher], [FILE]);
  if (!isFilled) publishAll(askers, catalogueNames());
  isFilled = true;
}

/** Keeps those active who own what is asked for. */
function beat(): void {
  if (performance.now() < beatAt) return;
  beatAt = performance.now() + HEARTBEAT_MS / 2;
  for (const asker of [publisher, ...askers]) asker.ask("heartbeat");
}

function search(ms: number): Probed {
  const probes = askers.map((asker, i) => {
    return new Probe(asker, { verb: i === 0 ? "get" : "sch", pauseMs: 0 });
  });
  return probe(probes, ms, beat);
}

function askLittle(ms: number): Probed {
  const probes = FEW.map((verb, i) => new Probe(askers[i]!, { verb, pauseMs: FEW_PAUSE_MS }));
  return probe(probes, ms, beat);
}

function collect(): Probed {
  const names = collectedNames();
  for (let i = 0; i < names.length; i += PORTION) {
    collector.enter();
    publishAll([collector], names.slice(i, i + PORTION));
  }
  return {};
}

if (import.meta.main) {
  stayOnOneCore();
  pauseExactly();
  const commands: Record<string, (ms: number) => Probed> = { search, ask: askLittle, collect };
  for await (const line of linesOf(Deno.stdin.readable)) {
    const [command, ms] = line.split(" ");
    await enter();
    toStdout(`${JSON.stringify(commands[command!]!(Number(ms)))}\n`);
  }
}
