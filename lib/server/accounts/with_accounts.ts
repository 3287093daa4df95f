/**
 * Accounts, wherever the command line says that they are.
 *
 * @module
 */

import { Engine } from "../../fleet/engine.ts";
import { EtcdAccounts } from "../../fleet/etcd_accounts.ts";
import { Gateway } from "../../fleet/gateway.ts";
import { assertOneCluster } from "../../fleet/one_cluster.ts";
import { Secrets } from "../../fleet/secrets.ts";
import type { AccountStore } from "../../index/login/account_store.ts";
import type { EngineFlags } from "../flags/engine_flags.ts";
import { readEngineFiles } from "../fleet/engine_files.ts";
import { FileAccounts } from "./file_accounts.ts";

/** What says where accounts are. */
export interface AccountFlags {
  readonly credentials: string;
  readonly engine?: EngineFlags | undefined;
}

/**
 * Runs `use` with the accounts that `flags` name, in a file or in etcd.
 *
 * @throws {BitTrickleError} `usage`, `refused` if etcd is of several clusters, or of `use`
 */
export async function withAccounts<T>(
  { credentials, engine }: AccountFlags,
  use: (store: AccountStore) => Promise<T>,
): Promise<T> {
  if (!engine) return await use(new FileAccounts(credentials));
  const options = await readEngineFiles(engine);
  await assertOneCluster(options);
  using gateway = new Gateway(options);
  return await use(new EtcdAccounts(new Engine(gateway), new Secrets(options.clusterKey)));
}
