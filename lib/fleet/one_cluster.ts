/**
 * Whether all endpoints lead to one etcd.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { clusterIn, Gateway, type GatewayOptions } from "../etcd/gateway.ts";
import { PREFIX } from "./layout.ts";

/** Longest that an endpoint is waited for, in milliseconds: a server that starts need not hear of all. */
const ANSWER_MS = 1_500;

/**
 * Makes sure that those of the endpoints which answer are of one cluster of etcd: of two, some servers would
 * join the one, and some the other.
 *
 * @throws {BitTrickleError} `refused`
 */
export async function assertOneCluster(options: GatewayOptions): Promise<void> {
  if (options.endpoints.length === 1) return;
  const found = await Promise.all(options.endpoints.map(async (endpoint) => {
    return { endpoint, cluster: await clusterAt(endpoint, options) };
  }));
  const known = found.filter(({ cluster }) => cluster !== undefined);
  const other = known.find(({ cluster }) => cluster !== known[0]!.cluster);
  if (!other) return;
  const both = `${known[0]!.endpoint} and ${other.endpoint}`;
  throw new BitTrickleError(
    "refused",
    `etcd at ${both} are not of one cluster: name only the nodes of one`,
  );
}

/** The id of the cluster at an endpoint, also of a node that has no majority; nothing if it does not say so. */
async function clusterAt(endpoint: string, options: GatewayOptions): Promise<unknown> {
  using gateway = new Gateway({ ...options, endpoints: [endpoint] });
  const question = { key: btoa(PREFIX), serializable: true };
  const answer = gateway.call("/v3/kv/range", question, { ms: ANSWER_MS });
  return await answer.then(clusterIn, () => undefined);
}
