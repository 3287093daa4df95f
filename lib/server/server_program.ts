/**
 * The server program from its flags to its end.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { delay } from "@std/async/delay";
import { reasonOf } from "../errors.ts";
import { Certificates } from "../index/certificates.ts";
import { Index } from "../index/index.ts";
import { LongWork } from "../index/long_work.ts";
import { deriveServerKeys } from "../index/login/server_keys.ts";
import { Registrations } from "../index/registrations.ts";
import { LoginRecords } from "../index/login/login_records.ts";
import { Service } from "../index/service/service.ts";
import { keepTicking, StallDetector } from "../net/stall_detector.ts";
import { EventLoopYield } from "../net/event_loop_yield.ts";
import { DatagramSocket } from "../net/datagrams.ts";
import type { Address } from "../protocol/address.ts";
import { assertAeadWorks, sealShortTextsBy } from "../protocol/aead.ts";
import { escapeText } from "../protocol/escape.ts";
import { SODIUM } from "../protocol/sodium_aead.ts";
import { type SaveWatcher, SqliteJournal } from "../store/sqlite_journal.ts";
import { credentialsWarning, loadAccounts, outdatedWarning } from "./credentials_file.ts";
import { AccountKeeper, type AccountWatcher, readInvitations } from "./account_keeper.ts";
import { MEMORY } from "./data_flags.ts";
import type { ServerFlags } from "./flags.ts";
import { onInterrupt } from "../cli/interrupt.ts";
import { instanceOf, loadServerKey } from "./server_key.ts";
import type { LineCause } from "./log_budget.ts";
import { type LogEvent, ServerLog } from "./server_log.ts";
import { toStderr, toStdoutSoon } from "../cli/write.ts";

type OnLogEvent = (event: LogEvent, cause?: LineCause) => void;

/**
 * Serves until interrupted.
 *
 * @throws {BitTrickleError} `usage`, `network`, `disk`, or `refused` by the self-test
 */
export async function runServer(flags: ServerFlags): Promise<void> {
  sealShortTextsBy(SODIUM);
  assertAeadWorks();
  await ready;
  const { address, credentials, data, allowPlain, log } = flags;
  const accounts = await loadAccounts(credentials);
  const invitations = await readInvitations(credentials);
  warn(await credentialsWarning(credentials));
  warn(outdatedWarning(accounts));
  const hasServed = await isThere(data);
  const setup = await loadServerKey(
    credentials,
    !accounts.hasRecords && invitations.size === 0,
    (path) => {
      if (hasServed) warn(newKeyWarning(path));
    },
  );
  const onFault = (error: unknown) => warn(`Cannot write the log: ${reasonOf(error)}`);
  await using lines = log === "off" ? undefined : new ServerLog(log, toStdoutSoon, { onFault });
  const onEvent: OnLogEvent | undefined = lines && ((event, cause) => lines.write(event, cause));
  await using journal = openJournal(data, {
    onFault: (reason) => onEvent?.({ kind: "unsaved", from: socket.address, reason }),
    onRecovery: () => onEvent?.({ kind: "saved", from: socket.address }),
  });
  using socket = DatagramSocket.bind(address);
  using eventLoop = new EventLoopYield(socket.address.hostname);
  using longWork = new LongWork(() => eventLoop.wait());
  const certificates = new Certificates(deriveServerKeys(setup).authoritySeed);
  const store = new AccountKeeper(credentials, watcherFor(() => index, socket.address, onEvent));
  const defer = longWork.queue();
  const registrations = new Registrations({ setup, store, defer });
  const state = { journal, certificates, defer, registrations, invitations };
  const index: Index = new Index(accounts, state);
  const records = new LoginRecords(setup);
  const logins = { setup, instance: instanceOf(socket.address), records, defer: longWork.queue() };
  const service = new Service(index, { ...logins, allowPlain, onEvent });
  const stopping = new AbortController();
  using _ = onInterrupt(() => {
    stopping.abort();
    socket.close();
  });
  onEvent?.({ kind: "listening", from: socket.address, users: index.accounts.size });
  const { signal } = stopping;
  await Promise.all([
    answerAll(socket, index, service, onEvent),
    store.watch(signal),
    records.prepare(index.accounts, () => delay(0, { signal })).catch(() => {}),
  ]);
}

function warn(reason: string | undefined): void {
  if (reason !== undefined) toStderr(`Warning: ${reason}\n`);
}

/** Whether there is a data file, which a server that is set up anew has not. */
function isThere(data: string): Promise<boolean> {
  return Deno.lstat(data).then(() => data !== MEMORY, () => false);
}

/** A key that was lost is noticed by every client, and should be by whoever can bring it back. */
function newKeyWarning(path: string): string {
  return `made a new key for this server in "${
    escapeText(path)
  }". Clients that knew it by another ` +
    "key will refuse it now: if there is a copy of the old key, put it there and start again";
}

function openJournal(path: string, watcher: SaveWatcher): SqliteJournal | undefined {
  return path === MEMORY ? undefined : new SqliteJournal(path, watcher);
}

/** Hands what has changed to the index, which needs the keeper of its accounts to be made. */
function watcherFor(
  index: () => Index,
  from: Address,
  onEvent: OnLogEvent | undefined,
): AccountWatcher {
  return {
    onChange: (accounts, invitations) => {
      index().replaceAccounts(accounts, invitations);
      warn(outdatedWarning(accounts));
      onEvent?.({ kind: "accounts", from, users: accounts.size });
    },
    onFault: ({ message }) => onEvent?.({ kind: "unexpected", from, reason: message }),
  };
}

async function answerAll(
  socket: DatagramSocket,
  index: Index,
  service: Service,
  onEvent: OnLogEvent | undefined,
): Promise<void> {
  const report = (from: Address, error: unknown): undefined => {
    onEvent?.({ kind: "unexpected", from, reason: reasonOf(error) });
  };
  const stalls = new StallDetector();
  using _ = keepTicking(stalls);
  await socket.serve((datagram, from, buffer) => {
    try {
      const now = performance.now();
      const standstill = stalls.standstill(now);
      if (standstill) index.stoodStill(standstill.since, standstill.until);
      const stalledSince = stalls.received(now);
      if (stalledSince !== undefined) index.missedMessages(stalledSince);
      const answer = service.answer(datagram, from, now, buffer);
      return answer instanceof Promise ? answer.catch((error) => report(from, error)) : answer;
    } catch (error) {
      return report(from, error);
    }
  });
}
