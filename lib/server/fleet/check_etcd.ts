/**
 * Whether etcd is there, and whether the cluster key is the one of what it keeps.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { findCatalogueId } from "../../fleet/catalogue_id.ts";
import { EtcdClient } from "../../fleet/etcd_client.ts";
import type { FleetOptions } from "../../fleet/fleet.ts";
import { Gateway } from "../../fleet/gateway.ts";
import { Secrets } from "../../fleet/secrets.ts";
import type { EtcdFlags } from "../flags/etcd_flags.ts";
import { readEtcdFiles } from "./etcd_files.ts";

/** What came of asking one endpoint. */
interface Asked {
  readonly line: string;
  /** Whether servers have begun there already, if it is known. */
  readonly hasBegun?: boolean;
  readonly error?: BitTrickleError;
}

/**
 * Asks every endpoint of `flags`, and says what came of it in lines. Nothing is changed.
 *
 * @throws {BitTrickleError} `usage`; what a server would end with if none answers, or if the key is another one
 */
export async function checkEtcd(flags: EtcdFlags): Promise<string[]> {
  const options = await readEtcdFiles(flags);
  const all = await Promise.all(flags.endpoints.map((endpoint) => ask(endpoint, options)));
  const answered = all.find(({ hasBegun }) => hasBegun !== undefined);
  const refused = all.find(({ error }) => error?.code === "refused");
  const fault = refused?.error ?? (answered ? undefined : all[0]?.error);
  if (fault) throw fault;
  const key = answered?.hasBegun ? "opens what is in etcd" : "good, and nothing is in etcd yet";
  return [...all.map(({ line }) => line), `Cluster key: ${key}`];
}

async function ask(endpoint: string, options: FleetOptions): Promise<Asked> {
  using gateway = new Gateway({ ...options, endpoints: [endpoint] });
  try {
    const id = await findCatalogueId(new EtcdClient(gateway), new Secrets(options.clusterKey));
    return { line: `${endpoint}: reached`, hasBegun: id !== undefined };
  } catch (error) {
    if (!(error instanceof BitTrickleError)) throw error;
    return { line: `${endpoint}: not reached: ${reasonOf(error)}`, error };
  }
}
