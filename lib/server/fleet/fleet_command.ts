/**
 * `bittrickle-server fleet …`: what several servers need to be one index.
 *
 * @module
 */

import { toStderr } from "../../cli/write.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { FleetFlags } from "../flags/fleet_flags.ts";
import { makeClusterKey } from "./cluster_key.ts";

/**
 * Makes a cluster key.
 *
 * @throws {BitTrickleError} `exists` or `disk`
 */
export async function runFleetCommand({ newClusterKey: path }: FleetFlags): Promise<void> {
  await makeClusterKey(path);
  const advice = "copy it to every server of the fleet, and keep it as secret as the passwords";
  toStderr(`"${escapeText(path)}" holds a new cluster key: ${advice}\n`);
}
