/**
 * Accounts, wherever the command line says that they are.
 *
 * @module
 */

import { EtcdClient } from "../../etcd/etcd_client.ts";
import { asEtcdError } from "../../etcd/etcd_error.ts";
import { EtcdAccounts } from "../../fleet/etcd_accounts.ts";
import { Gateway } from "../../etcd/gateway.ts";
import { assertOneCluster } from "../../fleet/one_cluster.ts";
import { Secrets } from "../../fleet/secrets.ts";
import type { AccountStore } from "../../index/login/account_store.ts";
import type { EtcdFlags } from "../flags/etcd_flags.ts";
import { readEtcdFiles } from "../fleet/etcd_files.ts";
import { assertNotInEtcd } from "./etcd_note.ts";
import { FileAccounts } from "./file_accounts.ts";

/** What says where accounts are. */
export interface AccountFlags {
  readonly credentials: string;
  readonly etcd?: EtcdFlags | undefined;
}

/**
 * Runs `use` with the accounts that `flags` name, in a file or in etcd.
 *
 * @throws {BitTrickleError} `usage`, also for a file whose users are in etcd; `network` or `timeout` if etcd is not
 * reached; `refused` if it is of several clusters; or of `use`
 */
export async function withAccounts<T>(
  { credentials, etcd }: AccountFlags,
  use: (store: AccountStore) => Promise<T>,
): Promise<T> {
  if (!etcd) {
    await assertNotInEtcd(credentials);
    return await use(new FileAccounts(credentials));
  }
  const options = await readEtcdFiles(etcd);
  await assertOneCluster(options);
  using gateway = new Gateway(options);
  const store = new EtcdAccounts(new EtcdClient(gateway), new Secrets(options.clusterKey));
  return await use(store).catch((error) => {
    throw asEtcdError(error);
  });
}
