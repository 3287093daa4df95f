/**
 * The server program from its flags to its end.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { messageOf, reasonOf } from "../errors.ts";
import { assertAeadWorks } from "../protocol/aead.ts";
import { escapeText } from "../protocol/escape.ts";
import { onInterrupt, onReload } from "../cli/interrupt.ts";
import { toStderr, toStdoutSoon } from "../cli/write.ts";
import { readInvitations } from "./accounts/account_keeper.ts";
import { credentialsWarning, loadAccounts, outdatedWarning } from "./accounts/credentials_file.ts";
import { loadServerKey } from "./accounts/server_key.ts";
import { MEMORY } from "./flags/data_flags.ts";
import type { ServeFlags } from "./flags/serve_flags.ts";
import { IndexServer, type IndexServerOptions } from "./index_server.ts";
import { ServerLogs } from "./log/server_logs.ts";
import { ServiceNotices } from "./service_notices.ts";

/**
 * Serves until interrupted.
 *
 * @throws {BitTrickleError} `usage`, `network`, `disk`, or `refused` by the self-test
 */
export async function runServer(flags: ServeFlags): Promise<void> {
  assertAeadWorks();
  await ready;
  const state = await loadState(flags);
  const onFault = (error: unknown) => warn(`Cannot write the log: ${reasonOf(error)}`);
  await using logs = new ServerLogs({ ...flags, output: toStdoutSoon, onFault });
  await using notices = new ServiceNotices((reason) => warn(cannotNotify(reason)));
  await using resources = new AsyncDisposableStack();
  const options: IndexServerOptions = {
    ...state,
    flags,
    onLogEvent: logs.onEvent,
    onAccounts: (accounts) => warn(outdatedWarning(accounts)),
  };
  const server = new IndexServer(options, resources);
  const stopping = new AbortController();
  using _stop = onInterrupt(() => {
    notices.stopping();
    stopping.abort();
  });
  using _reload = onReload(() => {
    notices.reloading(() => {
      server.reload();
      reopen(logs);
    });
  });
  notices.ready();
  await server.serve(stopping.signal);
}

/** What is kept in files beside the catalogue. */
async function loadState(
  { credentials, data }: ServeFlags,
): Promise<Pick<IndexServerOptions, "accounts" | "invitations" | "setup">> {
  const accounts = await loadAccounts(credentials);
  const invitations = await readInvitations(credentials);
  warn(await credentialsWarning(credentials));
  warn(outdatedWarning(accounts));
  const hasServed = await isThere(data);
  const mayMakeKey = !accounts.hasRecords && invitations.size === 0;
  const setup = await loadServerKey(credentials, mayMakeKey, (path) => {
    if (hasServed) warn(newKeyWarning(path));
  });
  return { accounts, invitations, setup };
}

function reopen(logs: ServerLogs): void {
  try {
    logs.reopen();
  } catch (error) {
    warn(messageOf(error));
  }
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

/** A key that was lost is noticed by every client, and should be by whoever can bring it back. */
function newKeyWarning(path: string): string {
  return `made a new key for this server in "${
    escapeText(path)
  }". Clients that knew it by another ` +
    "key will refuse it now: if there is a copy of the old key, put it there and start again";
}
