/**
 * `deno task soak:moves`: three clients whose addresses change a hundred times while they publish, ask
 * and download, and then two behind a router that forgets them every 30 s, for ten minutes. It takes
 * Linux, root, iproute2, nftables and conntrack.
 *
 * - `BITTRICKLE_SEED` decides what happens; a number, printed by every trial
 * - `BITTRICKLE_MOVES` is how often addresses change (100; 0 leaves this trial out)
 * - `BITTRICKLE_SECONDS` is how long the router forgets (600; 0 leaves this trial out)
 *
 * @module
 */

import { toStdout, written } from "../../lib/cli/write.ts";
import { NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES } from "../support/namespaces.ts";
import { CAN_FORGET } from "../support/nat_router.ts";
import { seededRandom } from "../support/seeded.ts";
import { planChanges } from "./address_changes.ts";
import { movesReportOf } from "./moves_report.ts";
import { MOVES_USERS, type MovesScene, movingScene, routerScene } from "./moves_cast.ts";
import { MovesTrial } from "./moves_trial.ts";

const HIGHEST_SEED = 2 ** 31;
/** Shortest and longest time between two changes, in milliseconds. */
const PAUSE_MS = [300, 5_000] as const;
const FORGETS_EVERY_MS = 30_000;

interface Trial {
  readonly title: string;
  readonly scene: (network: NamespacedNetwork) => Promise<MovesScene>;
  readonly changes: number;
  readonly pauseMs: readonly [number, number];
}

/** Runs a trial, tells of it and returns whether all was right. */
async function run({ title, scene, changes, pauseMs }: Trial, seed: number): Promise<boolean> {
  tell(`BITTRICKLE_SEED=${seed}: ${title}`);
  await using network = await NamespacedNetwork.start({ users: MOVES_USERS });
  const { cast, changes: possible } = await scene(network);
  const trial = new MovesTrial(network, cast);
  await trial.run(planChanges(seededRandom(seed), possible, changes, pauseMs), seed);
  tell(movesReportOf(trial));
  return trial.violations.length === 0;
}

async function soakMoves(): Promise<number> {
  const seed = numberFrom("BITTRICKLE_SEED", Math.floor(Math.random() * HIGHEST_SEED));
  const moves = numberFrom("BITTRICKLE_MOVES", 100);
  const forgets = Math.floor(numberFrom("BITTRICKLE_SECONDS", 600) * 1_000 / FORGETS_EVERY_MS);
  const title = "addresses of three clients change";
  const often: Trial = { title, scene: movingScene, changes: moves, pauseMs: PAUSE_MS };
  const atHome: Trial = {
    title: "a router forgets every 30 s",
    scene: routerScene,
    changes: forgets,
    pauseMs: [FORGETS_EVERY_MS, FORGETS_EVERY_MS],
  };
  let isRight = true;
  for (const trial of [often, atHome]) {
    if (trial.changes > 0 && !await run(trial, seed)) isRight = false;
  }
  return isRight ? 0 : 1;
}

function numberFrom(name: string, usual: number): number {
  return Number(Deno.env.get(name) || usual);
}

function tell(text: string): void {
  toStdout(`${text}\n`);
}

if (import.meta.main) {
  if (CAN_MAKE_NAMESPACES && CAN_FORGET) {
    const code = await soakMoves();
    await written();
    Deno.exit(code);
  }
  tell(
    "Run it as root on Linux, with iproute2, nftables and conntrack: it makes network namespaces",
  );
  await written();
  Deno.exit(1);
}
