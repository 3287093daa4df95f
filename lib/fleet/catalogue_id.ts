/**
 * The id of the catalogue in etcd, which also tells whether the cluster key is the right one.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { BitTrickleError } from "../errors.ts";
import { CATALOGUE_ID_BYTES, isCatalogueId } from "../protocol/catalogue_id.ts";
import { decodeUtf8, encodeUtf8 } from "../protocol/utf8.ts";
import type { EtcdClient, KeyValue } from "../etcd/etcd_client.ts";
import type { CallOptions } from "../etcd/gateway.ts";
import { CATALOGUE_KEY } from "./layout.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The id that the first server of all has made, made now if there is none.
 *
 * @throws {BitTrickleError} `refused` if it was sealed with another cluster key; or as {@linkcode EtcdClient}
 */
export async function makeCatalogueId(etcd: EtcdClient, secrets: Secrets): Promise<string> {
  const made = encodeUtf8(randomBytes(CATALOGUE_ID_BYTES).toString("hex"));
  const value = secrets.seal(CATALOGUE_KEY, made);
  const get = { kind: "get", key: CATALOGUE_KEY } as const;
  const { got } = await etcd.transact({
    if: [{ key: CATALOGUE_KEY, revision: 0 }],
    then: [{ kind: "put", key: CATALOGUE_KEY, value }, get],
    else: [get],
  });
  return openId(got.at(-1)?.[0], secrets);
}

/**
 * The same, or `undefined` if no server has ever begun there. Nothing is made.
 *
 * @throws {BitTrickleError} as {@linkcode makeCatalogueId}
 */
export async function findCatalogueId(
  etcd: EtcdClient,
  secrets: Secrets,
  options?: CallOptions,
): Promise<string | undefined> {
  const { entries } = await etcd.range({ prefix: CATALOGUE_KEY, limit: 1 }, options);
  return entries.length === 0 ? undefined : openId(entries[0], secrets);
}

function openId(kept: KeyValue | undefined, secrets: Secrets): string {
  const id = kept && secrets.open(CATALOGUE_KEY, kept.value);
  if (id && isCatalogueId(decodeUtf8(id))) return decodeUtf8(id);
  throw new BitTrickleError(
    "refused",
    "What etcd keeps was sealed with another cluster key: give this server the file of the others",
  );
}
