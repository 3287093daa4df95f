/**
 * The clients of a trial, on hosts of their own and behind a router, and what can happen to them.
 *
 * @module
 */

import type { NatRouter } from "../support/nat_router.ts";
import type { HostedUser, NamespacedNetwork } from "../support/namespaced_network.ts";
import { type AddressChange, hostMoves, routerForgets, routerMoves } from "./address_changes.ts";
import type { MovesCast } from "./moves_trial.ts";

/** What each client can send, in megabits a second: downloads last for seconds. */
const UPLINK_MEGABITS = 20;

/** Everybody who can log in. */
export const MOVES_USERS = ["hans", "yoda", "vader", "chewy"] as const;

/** Who takes part, and what changes their addresses. */
export interface MovesScene {
  readonly cast: MovesCast;
  readonly changes: readonly AddressChange[];
}

/** Three busy clients, two with addresses of their own and one behind a router. */
export async function movingScene(network: NamespacedNetwork): Promise<MovesScene> {
  const watcher = await join(network, "chewy");
  const [hans, yoda] = [await join(network, "hans"), await join(network, "yoda")];
  const router = await network.namespaces.addRouter();
  const vader = await join(network, "vader", router);
  await router.forwardTo(vader.host);
  const changes = [
    hostMoves("hans", hans.host),
    hostMoves("yoda", yoda.host),
    routerForgets(["vader"], router),
    routerMoves(["vader"], router),
  ];
  return { cast: { watcher, busy: [hans, yoda, vader], idle: [] }, changes };
}

/** A busy and an idle client behind a router, and a busy one outside. */
export async function routerScene(network: NamespacedNetwork): Promise<MovesScene> {
  const watcher = await join(network, "chewy");
  const hans = await join(network, "hans");
  const router = await network.namespaces.addRouter();
  const [vader, yoda] = [await join(network, "vader", router), await join(network, "yoda", router)];
  await router.forwardTo(vader.host);
  const changes = [routerForgets(["vader", "yoda"], router)];
  return { cast: { watcher, busy: [hans, vader], idle: [yoda] }, changes };
}

async function join(
  network: NamespacedNetwork,
  user: string,
  router?: NatRouter,
): Promise<HostedUser> {
  const host = await network.namespaces.addHost(router?.inside);
  await host.limit(UPLINK_MEGABITS);
  return await network.join(user, { args: ["--json"], answer: `"verb":"lap"`, host });
}
