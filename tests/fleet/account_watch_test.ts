/**
 * A running server is told of every change of the accounts, and takes it in.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { EtcdAccounts } from "../../lib/fleet/etcd_accounts.ts";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import type { AccountStore } from "../../lib/index/login/account_store.ts";
import { editUsers } from "../../lib/index/login/account_store.ts";
import { addUser } from "../../lib/index/login/credentials_text.ts";
import { AccountKeeper } from "../../lib/server/accounts/account_keeper.ts";
import { FileAccounts } from "../../lib/server/accounts/file_accounts.ts";
import { disableUser } from "../../lib/server/accounts/user_changes.ts";
import { EtcdProxy } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { CLUSTER_KEY } from "../support/fleet_server.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";

const WITH_ETCD = { ignore: !HAS_ETCD };

/** A member of a fleet, as far as it has accounts. */
class Member implements AsyncDisposable {
  private constructor(
    readonly fleet: Fleet,
    readonly accounts: EtcdAccounts,
    readonly journal: EtcdJournal,
  ) {}

  static async join(endpoint: string): Promise<Member> {
    const fleet = await Fleet.join({ endpoints: [endpoint], clusterKey: CLUSTER_KEY });
    const accounts = new EtcdAccounts(fleet.etcd, fleet.secrets, fleet.feed);
    return new Member(fleet, accounts, await EtcdJournal.open(fleet));
  }

  /** Begins to hear of changes. */
  follow(): void {
    this.journal.follow(() => {}, () => []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.journal[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
  }
}

/** The accounts in a store, as whoever watches it has them, from now on. */
class Watching implements AsyncDisposable {
  changes = 0;
  readonly disabled: string[] = [];
  readonly faults: string[] = [];
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;

  constructor(store: AccountStore) {
    const keeper = new AccountKeeper(store, {
      onChange: (accounts) => {
        this.changes++;
        this.disabled.push(...accounts.all.filter((user) => accounts.isDisabled(user)));
      },
      onFault: ({ message }) => this.faults.push(message),
    });
    this.#watching = keeper.watch(this.#stopping.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }
}

Deno.test("a change is taken in when etcd can be asked again", WITH_ETCD, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using here = await Member.join(proxy.endpoint);
  await using there = await Member.join(node.endpoint);
  await editUsers(there.accounts, (text) => addUser(text, "hans", "pw"), { mayBegin: true });
  here.follow();
  await using watching = new Watching(here.accounts);
  proxy.rule = (path) => path === "/v3/kv/range" ? "is lost" : "passes";
  await disableUser(there.accounts, "hans");
  await waitFor("a fault", () => watching.faults.length > 0, 10_000);
  proxy.rule = () => "passes";
  await waitFor("hans to be disabled", () => watching.disabled.includes("hans"), 10_000);
  assertEquals(watching.faults.length, 1);
});

Deno.test("a change is taken in that was told while a server started", WITH_ETCD, async () => {
  await using node = await EtcdNode.start();
  await using here = await Member.join(node.endpoint);
  await using there = await Member.join(node.endpoint);
  await editUsers(there.accounts, (text) => addUser(text, "hans", "pw"), { mayBegin: true });
  await here.accounts.users();
  await disableUser(there.accounts, "hans");
  here.follow();
  const revision = await there.fleet.membership.beat(new AbortController().signal);
  await here.fleet.feed.reaches(revision, 5_000);
  await using watching = new Watching(here.accounts);
  await waitFor("hans to be disabled", () => watching.disabled.includes("hans"));
});

Deno.test("accounts that somebody has put back are not taken in, and told", WITH_ETCD, async () => {
  await using node = await EtcdNode.start();
  await using here = await Member.join(node.endpoint);
  await editUsers(here.accounts, (text) => addUser(text, "hans", "pw"), { mayBegin: true });
  const key = btoa("/bittrickle/1/account/users");
  const { kvs } = await node.call("/v3/kv/range", { key });
  here.follow();
  await using watching = new Watching(here.accounts);
  await disableUser(here.accounts, "hans");
  await waitFor("hans to be disabled", () => watching.disabled.includes("hans"));
  const { changes } = watching;
  await node.call("/v3/kv/put", { key, value: (kvs as { value: string }[])[0]!.value });
  await waitFor("a fault", () => watching.faults.length > 0);
  assertMatch(watching.faults[0]!, /are older ones, which somebody has put back/);
  assertEquals(watching.changes, changes);
});

Deno.test(
  "a change of the file is taken in that was made while a server started",
  { ignore: !MAY_USE_DISK },
  async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("credentials.txt", "hans pw\n");
    const store = new FileAccounts(path);
    await store.users();
    await disableUser(new FileAccounts(path), "hans");
    await using watching = new Watching(store);
    await waitFor("hans to be disabled", () => watching.disabled.includes("hans"), 5_000);
  },
);
