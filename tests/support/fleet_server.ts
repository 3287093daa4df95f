/**
 * The part of a server that keeps its catalogue in etcd.
 *
 * @module
 */

import { EtcdJournal, type EtcdWatcher } from "../../lib/fleet/etcd_journal.ts";
import type { FeedWatcher } from "../../lib/fleet/feed.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import type { GatewayTls } from "../../lib/etcd/gateway.ts";
import type { PlaceWatcher } from "../../lib/fleet/membership.ts";
import { FollowedJournal } from "./journal_kinds.ts";

/** The cluster key of all fleets of tests. */
export const CLUSTER_KEY: Uint8Array = new Uint8Array(32).fill(7);

/** Whatever a server hears. */
export type FleetWatcher = FeedWatcher & PlaceWatcher & EtcdWatcher;

/** A server that follows its journal. */
export class FleetServer extends FollowedJournal implements AsyncDisposable {
  private constructor(readonly fleet: Fleet, override readonly journal: EtcdJournal) {
    super(journal);
  }

  /** Joins the fleet at `endpoints`. */
  static async join(
    endpoints: readonly string[],
    watcher: FleetWatcher = {},
    clusterKey: Uint8Array = CLUSTER_KEY,
    tls?: GatewayTls,
  ): Promise<FleetServer> {
    await using onFault = new AsyncDisposableStack();
    const fleet = onFault.use(await Fleet.join({ endpoints, clusterKey, watcher, tls }));
    const journal = await EtcdJournal.open(fleet, watcher);
    onFault.move();
    return new FleetServer(fleet, journal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.journal[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
  }
}
