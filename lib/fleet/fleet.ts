/**
 * This server in a fleet: what all that is kept in etcd is built upon.
 *
 * @module
 */

import { makeCatalogueId } from "./catalogue_id.ts";
import { EtcdClient } from "../etcd/etcd_client.ts";
import { Feed, type FeedWatcher } from "./feed.ts";
import { Gateway, type GatewayOptions } from "../etcd/gateway.ts";
import { Membership, type PlaceWatcher } from "./membership.ts";
import { assertOneCluster } from "./one_cluster.ts";
import { Secrets } from "./secrets.ts";

/** How a fleet is joined. */
export interface FleetOptions extends GatewayOptions {
  /** 32 random bytes, the same at all servers. */
  readonly clusterKey: Uint8Array;
  readonly watcher?: FeedWatcher & PlaceWatcher | undefined;
}

/** A server's part in its fleet. Whoever follows its feed is added before the journal is opened. */
export class Fleet implements AsyncDisposable {
  readonly feed: Feed;
  /** Where the open sessions of this server are registered, by their names. */
  readonly sessionKeys = new Map<string, string>();

  private constructor(
    readonly etcd: EtcdClient,
    readonly secrets: Secrets,
    readonly catalogueId: string,
    readonly membership: Membership,
    watcher: FeedWatcher,
  ) {
    this.feed = new Feed(etcd, (signal) => membership.beat(signal), watcher);
  }

  /**
   * Takes a place in the fleet.
   *
   * @throws {BitTrickleError} `refused` if its cluster key is another one, or etcd of several clusters; or as {@linkcode EtcdClient}
   */
  static async join({ clusterKey, watcher = {}, ...options }: FleetOptions): Promise<Fleet> {
    await assertOneCluster(options);
    using onFault = new DisposableStack();
    const etcd = new EtcdClient(onFault.use(new Gateway(options)));
    const secrets = new Secrets(clusterKey);
    const catalogueId = await makeCatalogueId(etcd, secrets);
    const membership = await Membership.join(etcd, watcher);
    onFault.move();
    return new Fleet(etcd, secrets, catalogueId, membership, watcher);
  }

  /** Begins to tell what changes, and to keep its place. */
  start(): void {
    this.feed.start();
    this.membership.start();
  }

  /** Leaves the fleet. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.feed[Symbol.asyncDispose]();
    await this.membership[Symbol.asyncDispose]();
    this.etcd.gateway[Symbol.dispose]();
  }
}
