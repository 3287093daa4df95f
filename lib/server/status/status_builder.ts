/**
 * The status of a running server, made when somebody asks.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import type { Index } from "../../index/index.ts";
import type { Session } from "../../index/sessions/sessions.ts";
import { formatAddress } from "../../protocol/address.ts";
import type { Counters } from "../metrics/counters.ts";
import type { FleetCounters } from "../metrics/fleet_counters.ts";
import type { LoopDelay } from "../metrics/loop_delay.ts";
import { type Measured, Metrics } from "../metrics/metrics.ts";
import type { DiskUsage } from "./disk_usage.ts";
import { downloadsIn } from "./downloads.ts";
import type { FailedLogins } from "./failed_logins.ts";
import { foundIn } from "./found.ts";
import { LoadHistory, type LoadReading, SAMPLE_MS } from "./load_history.ts";
import { invitationRow } from "./invitation_row.ts";
import type {
  InvitationStatus,
  LoadSample,
  Part,
  SessionStatus,
  Status,
  StatusSource,
} from "./status.ts";
import { UserCounts } from "./user_counts.ts";

/** Rows that are shown of each list: a class or a LAN party whole, and a page that stays quick. */
const MOST = { sessions: 500, downloads: 20, failedLogins: 50, invitations: 50 };

/** How long a disk that does not answer is waited for at the end, in milliseconds. */
const DISK_MS = 1_000;

/** What a {@linkcode StatusBuilder} looks at. */
export interface StatusParts {
  readonly index: Index;
  readonly counters: Counters;
  /** If it is a server of a fleet. */
  readonly fleet?: FleetCounters | undefined;
  readonly loop: LoopDelay;
  readonly failedLogins: FailedLogins;
  readonly disk: DiskUsage;
  /** Why what is published cannot be saved, if so. */
  readonly journalFault: () => string | undefined;
  readonly server: { version: string; addresses: readonly string[]; fingerprint: string };
}

/** Tells the status of one server, and keeps the history of its load until it is disposed of. */
export class StatusBuilder implements StatusSource, AsyncDisposable {
  readonly #parts: StatusParts;
  readonly #metrics: Metrics;
  readonly #startedAt = new Date().toISOString();
  readonly #history: LoadHistory;
  readonly #users = new UserCounts();
  #refreshing: Promise<void> = Promise.resolve();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(parts: StatusParts) {
    this.#parts = parts;
    const { counters, fleet, server: { version } } = parts;
    this.#metrics = new Metrics({ counters, fleet, version, measure: () => this.#measure() });
    this.#history = new LoadHistory(this.#read(0, 0));
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#refreshDisk();
  }

  status(): Status {
    const { failedLogins, disk, server } = this.#parts;
    const { overview } = this.#parts.index;
    const now = performance.now();
    const active = overview.countActive(now);
    const first = overview.activeSessions(now, MOST.sessions);
    const fault = this.fault();
    const { freeBytes, dataBytes } = disk;
    const free = freeBytes === undefined ? {} : { freeBytes };
    return {
      v: 1,
      type: "status",
      time: new Date().toISOString(),
      server: { ...server, startedAt: this.#startedAt },
      users: { ...this.#users.of(this.#parts.index.accounts), active: active.users },
      invitations: this.#invitations(),
      sessions: { total: active.sessions, rows: first.map((it) => this.#rowOf(it, now)) },
      catalogue: { publications: overview.publications, names: overview.names },
      downloads: downloadsIn(overview, now, MOST.downloads, timeAt(now)),
      failedLogins: failedLogins.latest(MOST.failedLogins),
      disk: { dataBytes, ...free, ...fault === undefined ? {} : { fault } },
      ...this.#fleet(),
      load: this.#load(active.sessions),
    };
  }

  history(): readonly LoadSample[] {
    return this.#history.samples;
  }

  /** @throws {BitTrickleError} `malformed` if `text` is no search, `refused` if too many are waiting */
  async search(text: string, after = ""): ReturnType<StatusSource["search"]> {
    const reply = await this.#parts.index.overview.search(text, after, performance.now());
    if (reply?.kind === "list") return foundIn(reply);
    throw new BitTrickleError("refused", "The index has too much to do: try again");
  }

  metrics(): Promise<string> {
    return Promise.resolve(this.#metrics.text());
  }

  fault(): string | undefined {
    return this.#parts.fleet?.fault() ?? this.#parts.journalFault();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await withTimeout(this.#refreshing, DISK_MS);
  }

  #fleet(): Pick<Status, "fleet"> {
    const { fleet, index } = this.#parts;
    if (!fleet) return {};
    const { cutOff: fault, nodes } = fleet;
    return {
      fleet: {
        remoteSessions: index.remoteSessions.size,
        ...fault === undefined ? {} : { fault },
        ...nodes ? { nodes } : {},
      },
    };
  }

  #invitations(): Part<InvitationStatus> {
    const { invitations, accounts } = this.#parts.index;
    const open = invitations.open(accounts);
    return { total: open.length, rows: open.slice(0, MOST.invitations).map(invitationRow) };
  }

  #rowOf(session: Session, now: number): SessionStatus {
    const { user, address, sealed, openedAt, share } = session;
    const { device, agent } = sealed ?? {};
    return {
      user: this.#parts.index.invitations.describe(user),
      address: formatAddress(address),
      protocol: sealed ? 2 : 1,
      since: timeAt(now)(openedAt),
      ...device === undefined ? {} : { device },
      ...agent === undefined ? {} : { agent },
      ...share === undefined ? {} : { share },
      publications: this.#parts.index.overview.publicationsOf(session, now),
    };
  }

  #measure(): Measured {
    const { index, disk } = this.#parts;
    const now = performance.now();
    const { users: activeUsers, sessions } = index.overview.countActive(now);
    return {
      sessions,
      activeUsers,
      users: this.#users.of(index.accounts).total,
      publications: index.overview.publications,
      downloads: index.overview.downloads(now, 0).total,
      dataBytes: disk.dataBytes,
      freeBytes: disk.freeBytes,
      remoteSessions: index.remoteSessions.size,
      isSaving: this.fault() === undefined,
      stall: this.#load(sessions).stall,
    };
  }

  #load(sessions: number): LoadSample {
    return this.#history.upTo(this.#read(sessions, this.#parts.loop.longest));
  }

  #sample(): void {
    const { sessions } = this.#parts.index.overview.countActive(performance.now());
    this.#history.take(this.#read(sessions, this.#parts.loop.takeLongest()));
    this.#refreshDisk();
  }

  #read(sessions: number, stall: number): LoadReading {
    return { time: Date.now(), totals: this.#parts.counters.totals(), sessions, stall };
  }

  #refreshDisk(): void {
    this.#refreshing = this.#parts.disk.refresh().catch(() => {});
  }
}

/** What tells when something was, of the clock that says `now` now. */
function timeAt(now: number): (at: number) => string {
  const offset = Date.now() - now;
  return (at) => new Date(offset + at).toISOString();
}
