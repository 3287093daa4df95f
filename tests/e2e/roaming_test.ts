/**
 * Clients whose addresses change while they publish, ask and download: a short `soak:moves`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { planChanges } from "../soak/address_changes.ts";
import { MOVES_USERS, movingScene } from "../soak/moves_cast.ts";
import { movesReportOf } from "../soak/moves_report.ts";
import { MovesTrial } from "../soak/moves_trial.ts";
import { NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES } from "../support/namespaces.ts";
import { CAN_FORGET } from "../support/nat_router.ts";
import { seededRandom } from "../support/seeded.ts";

const SEED = 1;
const CHANGES = 10;
const PAUSE_MS = [200, 1_500] as const;

Deno.test({
  name: "addresses change ten times, and no answer, file or session is lost",
  ignore: !CAN_MAKE_NAMESPACES || !CAN_FORGET,
}, async () => {
  await using network = await NamespacedNetwork.start({ users: MOVES_USERS });
  const { cast, changes } = await movingScene(network);
  const trial = new MovesTrial(network, cast);
  await trial.run(planChanges(seededRandom(SEED), changes, CHANGES, PAUSE_MS), SEED);
  assertEquals(trial.violations, [], movesReportOf(trial));
});
