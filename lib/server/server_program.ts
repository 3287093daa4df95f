/**
 * The server program from its flags to its end.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { messageOf, reasonOf } from "../errors.ts";
import { assertAeadWorks, sealShortTextsBy } from "../protocol/aead.ts";
import { type Address, isLoopback } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import { SODIUM } from "../protocol/sodium_aead.ts";
import { onInterrupt, onReload } from "../cli/interrupt.ts";
import { toStderr, toStdoutSoon } from "../cli/write.ts";
import { DataLock } from "../store/data_lock.ts";
import type { AccountStore } from "../index/login/account_store.ts";
import { assertRestored } from "../store/restore_mark.ts";
import { readInvitations } from "./accounts/account_keeper.ts";
import { credentialsWarning, loadAccounts, outdatedWarning } from "./accounts/credentials_file.ts";
import { assertNotInEtcd, leaveNote } from "./accounts/etcd_note.ts";
import { FileAccounts } from "./accounts/file_accounts.ts";
import { takeOver } from "./accounts/taking_over.ts";
import { startAnnouncing } from "./announcing.ts";
import { DATA_FILE, MEMORY } from "./flags/data_flags.ts";
import type { HttpFlags } from "./flags/http_flags.ts";
import type { ServeFlags } from "./flags/serve_flags.ts";
import { statusSocketFor } from "./flags/status_flags.ts";
import { FleetMember } from "./fleet_member.ts";
import type { HttpServer } from "./http/http_server.ts";
import { renewSecrets, serveStatusPage } from "./http/status_page.ts";
import { IndexServer, type IndexServerOptions } from "./index_server.ts";
import { leaveInTime, type WaitedFor } from "./leave_in_time.ts";
import { assertLogsApart } from "./log_places.ts";
import type { LogWatcher } from "./log/log_gap.ts";
import { countLines } from "./log/log_text.ts";
import { ServerLogs } from "./log/server_logs.ts";
import { Monitoring } from "./monitoring.ts";
import { ServiceNotices } from "./service_notices.ts";
import type { StatusSource } from "./status/status.ts";
import { StatusSocket } from "./status/status_socket.ts";

/** What a status page is of. */
interface ServedStatus {
  readonly flags: ServeFlags;
  readonly store: AccountStore;
  readonly server: IndexServer;
  readonly status: StatusSource;
  readonly logs: ServerLogs;
}

const LOG_WATCHER: LogWatcher = {
  onFault: (error) => warn(`Cannot write the log: ${reasonOf(error)}`),
  onRecovery: (lines) => warn(`The log is written again, without ${countLines(lines)}`),
};

/**
 * Serves until interrupted. If the disk or etcd hangs then, the process has to be ended, as not everything could
 * be closed.
 *
 * @throws {BitTrickleError} `usage`, `network`, `disk`, or `refused` by the self-test
 */
export async function runServer(flags: ServeFlags): Promise<void> {
  const stopping = new AbortController();
  const end: { waitsFor: WaitedFor } = { waitsFor: "disk" };
  await leaveInTime(serve(flags, stopping, end), stopping.signal, () => end.waitsFor);
}

/** @param end Is told what the end has to wait for */
async function serve(
  flags: ServeFlags,
  stopping: AbortController,
  end: { waitsFor: WaitedFor },
): Promise<void> {
  sealShortTextsBy(SODIUM);
  assertAeadWorks();
  await ready;
  await assertLogsApart(flags);
  if (!flags.etcd) await assertNotInEtcd(flags.credentials);
  // From now on no restore replaces what is read here.
  using lock = flags.data === MEMORY ? undefined : DataLock.take(flags.data);
  await using logs = new ServerLogs({ ...flags, output: toStdoutSoon, ...LOG_WATCHER });
  await using notices = new ServiceNotices((reason) => warn(cannotNotify(reason)));
  await using resources = new AsyncDisposableStack();
  if (flags.etcd) {
    end.waitsFor = "etcd";
    resources.defer(() => void (end.waitsFor = "disk")); // The logs are left then.
  }
  const monitoring = resources.use(new Monitoring(flags));
  const fleet = flags.etcd && await FleetMember.join(flags.etcd, monitoring, logs, resources);
  warn(fleet?.warning);
  if (fleet) warn(await takeOver(fleet.accounts, flags.credentials));
  const store = fleet?.accounts ?? new FileAccounts(flags.credentials);
  const state = await loadState(flags, store);
  if (fleet) await leaveNote(flags.credentials).catch((error) => warn(noNoteWarning(error)));
  const options: IndexServerOptions = {
    ...state,
    ...monitoring.hooks,
    ...fleet?.hooks,
    flags,
    lock,
    onLogEvent: logs.onEvent,
    onAccounts: (accounts) => warn(outdatedWarning(accounts)),
  };
  const server = new IndexServer(options, resources);
  fleet?.serve(server);
  const status = resources.use(monitoring.statusOf(server, state.setup));
  await openStatusSocket(flags, status, resources);
  const page = flags.http && resources.use(
    await openStatusPage(flags.http, { flags, store, server, status, logs }),
  );
  await announce(flags, state.setup, reachableOf(server), logs, resources);
  using _stop = onInterrupt(() => {
    notices.stopping();
    stopping.abort();
  });
  using _reload = onReload(() => {
    notices.reloading(() => {
      server.reload();
      logs.reopen((error) => warn(messageOf(error)));
      if (page) renewSecrets(page, flags.http!, (error) => warn(messageOf(error)));
    });
  });
  notices.ready();
  const serving = server.serve(stopping.signal);
  if (page) logs.onEvent?.({ kind: "page", from: page.address, url: page.url });
  await serving;
}

/** What is kept in files beside the catalogue. */
async function loadState(
  { data }: ServeFlags,
  store: AccountStore,
): Promise<Pick<IndexServerOptions, "accounts" | "invitations" | "setup" | "store">> {
  if (data !== MEMORY) assertRestored(data);
  const accounts = await loadAccounts(store);
  const invitations = await readInvitations(store);
  warn(await credentialsWarning(store));
  warn(outdatedWarning(accounts));
  const hasServed = await isThere(data);
  const mayMakeKey = !accounts.hasRecords && invitations.size === 0;
  const setup = await store.loadKey(mayMakeKey, (path) => {
    if (hasServed) warn(newKeyWarning(path));
  });
  return { accounts, invitations, setup, store };
}

/** An address of the server that others may reach, if it has one. */
function reachableOf({ address, addresses }: IndexServer): Address {
  return addresses.find(({ hostname }) => !isLoopback(hostname)) ?? address;
}

async function announce(
  { announce: name }: ServeFlags,
  setup: string,
  address: Address,
  { onEvent }: ServerLogs,
  resources: AsyncDisposableStack,
): Promise<void> {
  if (name === undefined) return;
  const onFault = (error: unknown) => warn(`Cannot announce the index: ${reasonOf(error)}`);
  const announcing = await startAnnouncing({ name, setup, address, onFault });
  resources.use(announcing);
  onEvent?.({ kind: "announced", from: address, ...announcing.announcement });
}

/** A server goes on without the socket that nobody asked for. One of a fleet has it where one alone does. */
async function openStatusSocket(
  { data, etcd, statusSocket }: ServeFlags,
  status: StatusSource,
  resources: AsyncDisposableStack,
): Promise<void> {
  const path = statusSocketFor(etcd ? DATA_FILE : data, statusSocket);
  if (path === undefined) return;
  try {
    resources.use(await StatusSocket.open(path, status));
  } catch (error) {
    if (statusSocket !== undefined) throw error;
    warn(reasonOf(error));
  }
}

function openStatusPage(
  http: HttpFlags,
  { flags, store, server, status, logs }: ServedStatus,
): Promise<HttpServer> {
  return serveStatusPage(http, {
    source: status,
    store,
    credentials: flags.credentials,
    index: server.address,
    onAction: (action) => logs.onEvent?.({ kind: "administered", ...action }),
    onFault: (reason) => warn(`The status page has broken down: ${escapeText(reason)}`),
  });
}

function warn(reason: string | undefined): void {
  if (reason !== undefined) toStderr(`Warning: ${reason}\n`);
}

function cannotNotify(reason: string): string {
  return `The service manager cannot be told how this server is: ${reason}`;
}

/** Whether there is a data file, which a server that is set up anew has not. */
function isThere(data: string): Promise<boolean> {
  return Deno.lstat(data).then(() => data !== MEMORY, () => false);
}

function noNoteWarning(error: unknown): string {
  return `Cannot write beside the credentials that their users are in etcd: ${reasonOf(error)}`;
}

/** A key that was lost is noticed by every client, and should be by whoever can bring it back. */
function newKeyWarning(path: string): string {
  return `made a new key for this server in "${
    escapeText(path)
  }". Clients that knew it by another ` +
    "key will refuse it now: if there is a copy of the old key, put it there and start again";
}
