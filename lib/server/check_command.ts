/**
 * `bittrickle-server --check`: would a server with these flags start? Nothing is changed.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { BitTrickleError } from "../errors.ts";
import { DatagramGroup } from "../net/datagram_group.ts";
import { formatAddress } from "../protocol/address.ts";
import { assertAeadWorks } from "../protocol/aead.ts";
import { escapeText } from "../protocol/escape.ts";
import type { AccountStore } from "../index/login/account_store.ts";
import { openDataForReading } from "../store/database.ts";
import { countPublications } from "../store/publication_table.ts";
import { toStdout } from "../cli/write.ts";
import { readInvitations } from "./accounts/account_keeper.ts";
import { loadAccounts } from "./accounts/credentials_file.ts";
import { assertMayBegin } from "./accounts/etcd_note.ts";
import { FileAccounts } from "./accounts/file_accounts.ts";
import { leftBehindWarning } from "./accounts/taking_over.ts";
import { withAccounts } from "./accounts/with_accounts.ts";
import { readAdminVerifier } from "./accounts/admin_password.ts";
import { checkEtcd } from "./fleet/check_etcd.ts";
import { MEMORY } from "./flags/data_flags.ts";
import type { HttpFlags } from "./flags/http_flags.ts";
import type { ServeFlags } from "./flags/serve_flags.ts";
import { readHttpConfig } from "./http/status_page.ts";
import { assertLogsApart } from "./log_places.ts";

/**
 * Looks at all that a server needs, beside one that runs or not, and says what it is.
 *
 * @throws {BitTrickleError} what a server would end with, or why its fleet is about to stand still
 */
export async function checkServer(flags: ServeFlags): Promise<void> {
  assertAeadWorks();
  await ready;
  await assertLogsApart(flags);
  const etcd = flags.etcd && await checkEtcd(flags.etcd);
  etcd?.lines.forEach(say);
  if (etcd?.fault) throw etcd.fault;
  await withAccounts(flags, (store) => checkAccountsOf(flags, store));
  if (!flags.etcd) checkData(flags.data);
  checkAddresses(flags);
  if (flags.http) await checkPage(flags.http, flags.credentials);
  if (etcd?.weakness) throw etcd.weakness;
  say("Nothing is wrong");
}

/** Whether there are any accounts in `store`. */
async function hasBegun(store: AccountStore): Promise<boolean> {
  return await store.users(true) !== "" || await store.key(false) !== undefined;
}

/** The first server of a fleet brings its files. */
async function checkAccountsOf(flags: ServeFlags, store: AccountStore): Promise<void> {
  if (!flags.etcd) return await checkAccounts(store);
  if (await hasBegun(store)) {
    const warning = await leftBehindWarning(store, flags.credentials);
    if (warning !== undefined) say(`Warning: ${warning}`);
    return await checkAccounts(store);
  }
  await assertMayBegin(flags.credentials);
  say("There are no users in etcd yet: the server takes those of its files there");
  await checkAccounts(new FileAccounts(flags.credentials));
}

async function checkAccounts(store: AccountStore): Promise<void> {
  const accounts = await loadAccounts(store);
  const invitations = await readInvitations(store);
  const open = invitations.countOpen(accounts);
  say(`Users in ${store.name}: ${accounts.size}; open invitations: ${open}`);
  const key = await store.key(accounts.hasRecords || invitations.size > 0);
  say(key === undefined ? "Server key: none yet, the server makes one" : "Server key: good");
}

function checkData(path: string): void {
  if (path === MEMORY) return say("Data: kept in memory only");
  try {
    using db = openDataForReading(path);
    say(`Publications in "${escapeText(path)}": ${countPublications(db)}`);
  } catch (error) {
    if (!(error instanceof BitTrickleError) || error.code !== "not_found") throw error;
    say(`Data: none yet, the server makes "${escapeText(path)}"`);
  }
}

/** A port that is taken is no mistake if a server runs there, which is to be started anew. */
function checkAddresses({ hosts, port }: ServeFlags): void {
  const places = hosts.map((hostname) => formatAddress({ hostname, port })).join(", ");
  DatagramGroup.bind(hosts, 0).close();
  try {
    DatagramGroup.bind(hosts, port).close();
    say(`${places}: free`);
  } catch (error) {
    const isTaken = error instanceof BitTrickleError &&
      error.cause instanceof Deno.errors.AddrInUse;
    if (!isTaken) throw error;
    say(`${places}: in use, perhaps by the server that runs now`);
  }
}

async function checkPage(flags: HttpFlags, credentials: string): Promise<void> {
  const { certificate, token } = await readHttpConfig(flags, credentials);
  const isAdministered = await readAdminVerifier(credentials) !== undefined;
  const over = certificate ? "over TLS" : "in clear";
  const to = token === undefined ? "to all who reach it" : "with an access token";
  const by = isAdministered ? "with an administrator" : READ_ONLY;
  say(`Status page: ${over}, ${to}, ${by}`);
}

/** What the page of a server is that has no administrator. */
const READ_ONLY = "without an administrator, whom `admin passwd` makes";

function say(line: string): void {
  toStdout(`${line}\n`);
}
