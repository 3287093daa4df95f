/**
 * A running index: its state, and the sockets that it answers on.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { withTimeout } from "../async/with_timeout.ts";
import { reasonOf } from "../errors.ts";
import { Certificates } from "../index/certificates.ts";
import { Index } from "../index/index.ts";
import type { AccountStore } from "../index/login/account_store.ts";
import type { Accounts } from "../index/login/accounts.ts";
import { changesBetween } from "../index/login/account_changes.ts";
import type { Invitations } from "../index/login/invitations.ts";
import type { Journal } from "../index/catalogue/journal.ts";
import type { SessionRegistry } from "../index/session_registry.ts";
import { LoginRecords } from "../index/login/login_records.ts";
import { deriveServerKeys } from "../index/login/server_keys.ts";
import { LongWork } from "../index/long_work.ts";
import { Registrations } from "../index/registrations.ts";
import { Service } from "../index/service/service.ts";
import type { EventCause, OnEvent, ServiceEvent } from "../index/service/service_event.ts";
import { DatagramGroup } from "../net/datagram_group.ts";
import { EventLoopYield } from "../net/event_loop_yield.ts";
import { keepTicking, StallDetector } from "../net/stall_detector.ts";
import { type Address, isLoopback } from "../protocol/address.ts";
import type { DataLock } from "../store/data_lock.ts";
import { type SaveWatcher, SqliteJournal } from "../store/sqlite_journal.ts";
import { AccountKeeper } from "./accounts/account_keeper.ts";
import { instanceOf } from "./accounts/server_key.ts";
import { MEMORY } from "./flags/data_flags.ts";
import type { ServeFlags } from "./flags/serve_flags.ts";
import type { LineCause } from "./log/log_budget.ts";
import { isLogged, type LogEvent } from "./log/log_text.ts";
import type { OnLogEvent } from "./log/server_logs.ts";

/** How often it is looked for what nobody goes on with, logins and sessions, in milliseconds. */
const EXPIRE_MS = 1_000;

/** How long the farewells of a server that stops may take, in milliseconds: ten thousand take less. */
const FAREWELL_MS = 500;

/** What an {@linkcode IndexServer} is made of. */
export interface IndexServerOptions {
  readonly flags: ServeFlags;
  readonly store: AccountStore;
  readonly accounts: Accounts;
  readonly invitations: Invitations;
  /** The server's long-term key. */
  readonly setup: string;
  /** The lock of the data file, if somebody has it already, who keeps it until the server is closed. */
  readonly lock?: DataLock | undefined;
  /** Keeps the catalogue, if the data file does not. */
  readonly journal?: Journal | undefined;
  /** Registers the sessions, if there are other servers. */
  readonly registry?: SessionRegistry | undefined;
  /** Hears of the time, in milliseconds of the steady clock, before anything that came is looked at. */
  readonly onDatagram?: ((now: number) => void) | undefined;
  /** Hears of what the log tells. */
  readonly onLogEvent?: OnLogEvent | undefined;
  /** Hears of all that the service does. */
  readonly onServiceEvent?: OnEvent | undefined;
  /** Hears how saving goes, besides what the log tells of it. */
  readonly saveWatcher?: SaveWatcher | undefined;
  /** Hears of pauses in which the socket may have dropped datagrams. */
  readonly onStall?: (() => void) | undefined;
  /** Hears of accounts that have changed. */
  readonly onAccounts?: (accounts: Accounts) => void;
}

/** Answers on its sockets out of an {@linkcode Index}, which it keeps in a journal. */
export class IndexServer {
  readonly index: Index;
  /** Where it listens. */
  readonly addresses: readonly Address[];
  /** The first of them, which stands for the server in its log. */
  readonly address: Address;
  readonly #options: IndexServerOptions;
  readonly #resources: AsyncDisposableStack;
  readonly #sockets: DatagramGroup;
  readonly #service: Service;
  readonly #keeper: AccountKeeper;
  readonly #records: LoginRecords;
  readonly #stalls = new StallDetector();

  /**
   * @param resources Takes whatever has to be closed, also of a server that cannot be made
   * @throws {BitTrickleError} `network` if the address cannot be listened on, `disk`
   */
  constructor(options: IndexServerOptions, resources: AsyncDisposableStack) {
    const { accounts, invitations, setup, flags } = options;
    this.#options = options;
    this.#resources = resources;
    const { journal = this.#openJournal(flags.data), registry } = options;
    this.#sockets = this.#resources.use(DatagramGroup.bind(flags.hosts, flags.port));
    this.addresses = this.#sockets.addresses;
    [this.address] = this.#sockets.addresses;
    const eventLoop = this.#resources.use(new EventLoopYield(this.address.hostname));
    const longWork = this.#resources.use(new LongWork(() => eventLoop.wait()));
    const certificates = new Certificates(deriveServerKeys(setup).authoritySeed);
    this.#keeper = this.#watchAccounts(options.store);
    const defer = longWork.queue();
    const registrations = new Registrations({ setup, store: this.#keeper, defer });
    const state = { journal, registry, certificates, defer, registrations, invitations };
    this.index = new Index(accounts, state);
    this.#records = new LoginRecords(setup);
    const instance = instanceOf(...this.addresses);
    const logins = { setup, instance, records: this.#records, defer: longWork.queue() };
    const { allowPlain, advertisable } = flags;
    const rules = { allowPlain, advertisable };
    this.#service = new Service(this.index, { ...logins, ...rules, onEvent: this.#listener() });
  }

  /** Answers until `signal` fires. */
  async serve(signal: AbortSignal): Promise<void> {
    this.#tellAddresses();
    const stop = () => this.#leave();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    await Promise.all([
      this.#answerAll(),
      this.#keeper.watch(signal),
      this.#expire(signal),
      this.#records.prepare(this.index.accounts, () => delay(0, { signal })).catch(() => {}),
    ]);
    signal.removeEventListener("abort", stop);
  }

  /** Reads users and invitations again, whether or not their files look changed. */
  reload(): void {
    this.#keeper.read();
  }

  /** Ends all sessions, and tells their clients, so that they look for another server at once. */
  async endSessions(): Promise<void> {
    const farewells = [...this.#service.farewells(performance.now())];
    this.index.endSessions();
    for (const [datagram, to] of farewells) await this.#sockets.send(datagram, to);
  }

  /** Tells all clients that the index stops, so that they look for it again at once, and closes. */
  async #leave(): Promise<void> {
    this.#tell({ kind: "stopping", from: this.address });
    const sendAll = async () => {
      for (const [datagram, to] of this.#service.farewells(performance.now())) {
        await this.#sockets.send(datagram, to);
      }
    };
    await withTimeout(sendAll(), FAREWELL_MS);
    this.#sockets.close();
  }

  #tellAddresses(): void {
    const isLocal = this.addresses.every(({ hostname }) => isLoopback(hostname));
    for (const from of this.addresses) {
      this.#tell({ kind: "listening", from, users: this.index.accounts.size, isLocal });
    }
  }

  #openJournal(path: string): SqliteJournal | undefined {
    const { saveWatcher } = this.#options;
    const watcher: SaveWatcher = {
      onFault: (reason) => {
        saveWatcher?.onFault(reason);
        this.#tell({ kind: "unsaved", from: this.address, reason });
      },
      onRecovery: () => {
        saveWatcher?.onRecovery();
        this.#tell({ kind: "saved", from: this.address });
      },
      onCommit: saveWatcher?.onCommit,
    };
    if (path === MEMORY) return undefined;
    return this.#resources.use(new SqliteJournal(path, watcher, this.#options.lock));
  }

  #watchAccounts(store: AccountStore): AccountKeeper {
    return new AccountKeeper(store, {
      onChange: (accounts, invitations) => {
        const changes = changesBetween(this.index.accounts, accounts);
        this.index.replaceAccounts(accounts, invitations);
        for (const change of changes) {
          this.#tell({ kind: "account", from: this.address, ...change }, "operator");
        }
        this.#options.onAccounts?.(accounts);
        this.#tell({ kind: "accounts", from: this.address, users: accounts.size });
      },
      onFault: ({ message }) => this.#unexpected(this.address, message),
    });
  }

  async #expire(signal: AbortSignal): Promise<void> {
    while (await delay(EXPIRE_MS, { signal }).then(() => true, () => false)) {
      const now = performance.now();
      this.#noteStandstill(now); // Nobody was silent while this program stood still.
      this.#service.expire(now);
    }
  }

  async #answerAll(): Promise<void> {
    using _ = keepTicking(this.#stalls);
    await this.#sockets.serve((datagram, from, buffer) => {
      try {
        const now = performance.now();
        this.#noteStandstill(now);
        const stalledSince = this.#stalls.received(now);
        if (stalledSince !== undefined) this.#noteStall(stalledSince);
        this.#options.onDatagram?.(now);
        const answer = this.#service.answer(datagram, from, now, buffer);
        if (!(answer instanceof Promise)) return answer;
        return answer.catch((error) => this.#unexpected(from, reasonOf(error)));
      } catch (error) {
        return this.#unexpected(from, reasonOf(error));
      }
    });
  }

  #noteStandstill(now: number): void {
    const standstill = this.#stalls.standstill(now);
    if (standstill) this.index.stoodStill(standstill.since, standstill.until);
  }

  #noteStall(since: number): void {
    this.index.missedMessages(since);
    this.#options.onStall?.();
  }

  /** Nobody is told of what nobody listens to. */
  #listener(): OnEvent | undefined {
    const { onLogEvent, onServiceEvent } = this.#options;
    if (!onLogEvent) return onServiceEvent;
    return (event: ServiceEvent, cause: EventCause) => {
      onServiceEvent?.(event, cause);
      if (isLogged(event)) onLogEvent(event, cause);
    };
  }

  #unexpected(from: Address, reason: string): undefined {
    this.#tell({ kind: "unexpected", from, reason });
  }

  #tell(event: LogEvent, cause?: LineCause): void {
    this.#options.onLogEvent?.(event, cause);
  }
}
