/**
 * Whether etcd is there, all of it, and whether the cluster key is the one of what it keeps.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { findCatalogueId } from "../../fleet/catalogue_id.ts";
import { EtcdClient } from "../../etcd/etcd_client.ts";
import type { FleetOptions } from "../../fleet/fleet.ts";
import { Gateway } from "../../etcd/gateway.ts";
import { PREFIX } from "../../fleet/layout.ts";
import { alarmAt } from "../../etcd/nodes.ts";
import { Secrets } from "../../fleet/secrets.ts";
import type { EtcdFlags } from "../flags/etcd_flags.ts";
import { readEtcdFiles, USER_IS_IDLE } from "./etcd_files.ts";

/** What came of a check. */
export interface EtcdCheck {
  readonly lines: readonly string[];
  /** What a server would end with. */
  readonly fault?: BitTrickleError | undefined;
  /** What a server does not end with, and is wrong nevertheless. */
  readonly weakness?: BitTrickleError | undefined;
}

/** What etcd has of this fleet: nothing, all of it, or what a restore has left. */
type State = "empty" | "begun" | "without id";

/** What came of asking one endpoint. */
interface Asked {
  readonly line: string;
  /** If it was reached. */
  readonly state?: State;
  readonly alarm?: string | undefined;
  readonly isUserIdle?: boolean;
  readonly error?: BitTrickleError;
}

const KEY_LINES: Readonly<Record<State, string>> = {
  empty: "Cluster key: good, and nothing is in etcd yet",
  begun: "Cluster key: opens what is in etcd",
  "without id": "The catalogue has no id: the first server makes one",
};

/**
 * Asks every endpoint of `flags`. Nothing is changed.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function checkEtcd(flags: EtcdFlags): Promise<EtcdCheck> {
  const options = await readEtcdFiles(flags);
  const all = await Promise.all(flags.endpoints.map((endpoint) => ask(endpoint, options)));
  const lines = all.map(({ line }) => line);
  const state = all.find(({ state }) => state !== undefined)?.state;
  const refused = all.find(({ error }) => error?.code === "refused");
  const fault = refused?.error ?? (state ? undefined : all[0]?.error);
  if (fault || !state) return { lines, fault };
  const idle = all.some(({ isUserIdle }) => isUserIdle) ? [`Warning: ${USER_IS_IDLE}`] : [];
  return { lines: [...lines, ...idle, KEY_LINES[state]], weakness: weaknessOf(all) };
}

async function ask(endpoint: string, options: FleetOptions): Promise<Asked> {
  using gateway = new Gateway({ ...options, endpoints: [endpoint] });
  try {
    const state = await stateOf(new EtcdClient(gateway), new Secrets(options.clusterKey));
    const alarm = await alarmAt(gateway);
    const { isUserIdle } = gateway;
    return { line: `${endpoint}: reached`, state, alarm, isUserIdle };
  } catch (error) {
    if (!(error instanceof BitTrickleError)) throw error;
    return { line: `${endpoint}: not reached: ${reasonOf(error)}`, error };
  }
}

async function stateOf(etcd: EtcdClient, secrets: Secrets): Promise<State> {
  if (await findCatalogueId(etcd, secrets) !== undefined) return "begun";
  const { entries } = await etcd.range({ prefix: PREFIX, limit: 1 });
  return entries.length === 0 ? "empty" : "without id";
}

/** With an alarm nothing is saved; without a node everything is, for now. */
function weaknessOf(all: readonly Asked[]): BitTrickleError | undefined {
  const alarm = all.find(({ alarm }) => alarm !== undefined)?.alarm;
  if (alarm !== undefined) return new BitTrickleError("refused", alarm);
  const missing = all.filter(({ error }) => error).length;
  if (missing === 0) return undefined;
  const verb = missing === 1 ? "does" : "do";
  const what = `${missing} of ${all.length} nodes of etcd ${verb} not answer`;
  return new BitTrickleError("network", `${what}: ${outlook(all.length, missing)}`);
}

/** How many more nodes may fail before there is no majority. */
function outlook(total: number, missing: number): string {
  const more = Math.max(1, Math.ceil(total / 2) - missing);
  return more === 1
    ? "if one more fails, the fleet stands still"
    : `if ${more} more fail, the fleet stands still`;
}
