/**
 * What watches a server, from its first request on.
 *
 * @module
 */

import { VERSION } from "../cli/version.ts";
import { formatAddress } from "../protocol/address.ts";
import { fingerprintOf } from "../protocol/fingerprint.ts";
import { publicKeysOf } from "./accounts/server_key.ts";
import { MEMORY } from "./flags/data_flags.ts";
import type { ServeFlags } from "./flags/serve_flags.ts";
import type { IndexServer, IndexServerOptions } from "./index_server.ts";
import { Counters } from "./metrics/counters.ts";
import { FleetCounters, type FoundNodes } from "./metrics/fleet_counters.ts";
import { LoopDelay } from "./metrics/loop_delay.ts";
import { DiskUsage } from "./status/disk_usage.ts";
import { FailedLogins } from "./status/failed_logins.ts";
import { StatusBuilder } from "./status/status_builder.ts";

/** Counts what a server does: made before it, as it counts what happens while it is made. */
export class Monitoring implements Disposable {
  readonly #counters = new Counters();
  readonly #failedLogins = new FailedLogins();
  readonly #loop = new LoopDelay();
  readonly #disk: DiskUsage;
  /** Of a server of a fleet. */
  readonly fleet: FleetCounters | undefined;
  #journalFault: string | undefined;

  constructor({ data, etcd }: ServeFlags) {
    this.fleet = etcd && new FleetCounters();
    this.#disk = new DiskUsage(data === MEMORY ? undefined : data);
  }

  /** What the server is to tell of. */
  readonly hooks: Pick<IndexServerOptions, "onServiceEvent" | "saveWatcher" | "onStall"> = {
    onServiceEvent: (event) => {
      this.#counters.hear(event);
      this.#failedLogins.hear(event);
    },
    saveWatcher: {
      onFault: (reason) => this.#journalFault = reason,
      onRecovery: () => this.#journalFault = undefined,
      onCommit: (events, ms, isKept) => this.#counters.hearCommit(events, ms, isKept),
    },
    onStall: () => this.#counters.stalls++,
  };

  /** Takes in how the nodes of etcd are. */
  hearNodes(found: FoundNodes): void {
    if (this.fleet) this.fleet.nodes = found;
  }

  /** Tells the status of `server`, which has these hooks and the long-term key `setup`. */
  statusOf({ index, addresses }: IndexServer, setup: string): StatusBuilder {
    return new StatusBuilder({
      index,
      counters: this.#counters,
      fleet: this.fleet,
      failedLogins: this.#failedLogins,
      loop: this.#loop,
      disk: this.#disk,
      journalFault: () => this.#journalFault,
      server: {
        version: VERSION,
        addresses: addresses.map(formatAddress),
        fingerprint: fingerprintOf(publicKeysOf(setup)),
      },
    });
  }

  [Symbol.dispose](): void {
    this.#loop[Symbol.dispose]();
  }
}
