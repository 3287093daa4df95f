/**
 * A server as a member of a fleet.
 *
 * @module
 */

import { EtcdAccounts } from "../fleet/etcd_accounts.ts";
import { EtcdJournal, type EtcdWatcher } from "../fleet/etcd_journal.ts";
import type { FeedWatcher } from "../fleet/feed.ts";
import { Fleet } from "../fleet/fleet.ts";
import { FleetSessions } from "../fleet/fleet_sessions.ts";
import type { PlaceWatcher } from "../fleet/membership.ts";
import { NodeWatch } from "../etcd/nodes.ts";
import type { SessionWatcher } from "../fleet/own_sessions.ts";
import type { Address } from "../protocol/address.ts";
import type { EtcdFlags } from "./flags/etcd_flags.ts";
import type { IndexServer, IndexServerOptions } from "./index_server.ts";
import type { ServerLogs } from "./log/server_logs.ts";
import type { Monitoring } from "./monitoring.ts";
import { readEtcdFiles, USER_IS_IDLE } from "./fleet/etcd_files.ts";
import { SaveFaults } from "./save_faults.ts";

/** Where something is told to have happened before there is an address. */
const NOWHERE: Address = { hostname: "0.0.0.0", port: 0 };

/** What the log is told of a fleet, but for where. */
type FleetEvent =
  | { readonly kind: "joined" | "heard" }
  | { readonly kind: "unexpected" | "cut off" | "unheard"; readonly reason: string };

const FORGED = "does not open: it was damaged, or written by somebody without the cluster key";

/** What the servers of a fleet share, as one of them has it. */
export class FleetMember {
  readonly accounts: EtcdAccounts;
  readonly #journal: EtcdJournal;
  readonly #sessions: FleetSessions;

  readonly #where: { address: Address };
  /** What to warn of, if anything. */
  readonly warning: string | undefined;

  private constructor(
    accounts: EtcdAccounts,
    journal: EtcdJournal,
    sessions: FleetSessions,
    where: { address: Address },
    warning: string | undefined,
  ) {
    this.warning = warning;
    this.accounts = accounts;
    this.#journal = journal;
    this.#sessions = sessions;
    this.#where = where;
  }

  /**
   * Joins a fleet, and reads all that it has.
   *
   * @param resources Takes what has to be closed
   * @throws {BitTrickleError} `usage`, `refused`, `network` or `timeout`
   */
  static async join(
    flags: EtcdFlags,
    monitoring: Monitoring,
    logs: ServerLogs,
    resources: AsyncDisposableStack,
  ): Promise<FleetMember> {
    const where = { address: NOWHERE };
    const faults = saveFaultsOf(monitoring, logs, where);
    const watcher = watcherFor(monitoring, logs, where, faults);
    const options = await readEtcdFiles(flags);
    const fleet = resources.use(await Fleet.join({ ...options, watcher }));
    resources.use(new NodeWatch(options, (found) => monitoring.hearNodes(found)));
    const sessions = resources.use(new FleetSessions(fleet, watcher));
    const accounts = new EtcdAccounts(fleet.etcd, fleet.secrets, fleet.feed);
    const journal = resources.use(await EtcdJournal.open(fleet, watcher));
    const warning = fleet.etcd.gateway.isUserIdle ? USER_IS_IDLE : undefined;
    return new FleetMember(accounts, journal, sessions, where, warning);
  }

  /** What an index needs of the fleet. */
  get hooks(): Pick<IndexServerOptions, "journal" | "registry" | "onDatagram"> {
    const sessions = this.#sessions;
    return { journal: this.#journal, registry: sessions, onDatagram: (now) => sessions.look(now) };
  }

  /** Begins to tell others of the sessions of `server`, and the server of theirs. */
  serve(server: IndexServer): void {
    this.#where.address = server.address;
    const { remoteSessions } = server.index;
    this.#sessions.serve({ remoteSessions, endSessions: () => void server.endSessions() });
  }
}

function saveFaultsOf(
  { hooks: { saveWatcher } }: Monitoring,
  { onEvent }: ServerLogs,
  where: { readonly address: Address },
): SaveFaults {
  return new SaveFaults({
    onFault: (reason) => {
      saveWatcher?.onFault(reason);
      onEvent?.({ kind: "unsaved", reason, from: where.address });
    },
    onRecovery: () => {
      saveWatcher?.onRecovery();
      onEvent?.({ kind: "saved", from: where.address });
    },
  });
}

function watcherFor(
  monitoring: Monitoring,
  { onEvent }: ServerLogs,
  where: { readonly address: Address },
  faults: SaveFaults,
): FeedWatcher & PlaceWatcher & EtcdWatcher & SessionWatcher {
  const { fleet, hooks: { saveWatcher } } = monitoring;
  const tell = (event: FleetEvent) => onEvent?.({ ...event, from: where.address });
  return {
    onFault: (reason) => faults.note("publications", reason),
    onRecovery: () => faults.note("publications", undefined),
    onSessionFault: (reason) => faults.note("sessions", reason),
    onCommit: saveWatcher?.onCommit,
    onTold: (ms) => fleet?.watchDelays.add(ms),
    onOddValue: (key) => {
      if (fleet && fleet.unreadable++ > 0) return; // Whoever writes one may write many.
      tell({ kind: "unexpected", reason: `what etcd keeps as ${key} ${FORGED}` });
    },
    onReload: () => fleet && fleet.reloads++,
    onWatchFault: (reason) => {
      fleet?.hearWatchFault();
      tell({ kind: "unheard", reason });
    },
    onWatchRecovery: () => {
      fleet?.hearWatchRecovery();
      tell({ kind: "heard" });
    },
    onLost: (reason) => {
      fleet?.hearLost(reason);
      tell({ kind: "cut off", reason });
    },
    onTaken: () => {
      fleet?.hearTaken();
      tell({ kind: "joined" });
    },
  };
}
