import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { EtcdAccounts } from "../../lib/fleet/etcd_accounts.ts";
import { EtcdClient } from "../../lib/etcd/etcd_client.ts";
import { Gateway } from "../../lib/etcd/gateway.ts";
import { Secrets } from "../../lib/fleet/secrets.ts";
import { editUsers } from "../../lib/index/login/account_store.ts";
import { addUser, usersIn } from "../../lib/index/login/credentials_text.ts";
import { FileAccounts } from "../../lib/server/accounts/file_accounts.ts";
import { EtcdProxy, type Fate } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { CLUSTER_KEY } from "../support/fleet_server.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ignore = !HAS_ETCD;

/** Accounts at an endpoint, and the way there. */
class Kept implements Disposable {
  readonly #gateway: Gateway;
  readonly accounts: EtcdAccounts;

  constructor(endpoint: string, clusterKey = CLUSTER_KEY) {
    this.#gateway = new Gateway({ endpoints: [endpoint] });
    this.accounts = new EtcdAccounts(new EtcdClient(this.#gateway), new Secrets(clusterKey));
  }

  [Symbol.dispose](): void {
    this.#gateway[Symbol.dispose]();
  }
}

const add = (name: string) => (text: string) => addUser(text, name, "pw");

Deno.test({ name: "etcd has no credentials until somebody begins", ignore }, async () => {
  await using node = await EtcdNode.start();
  using kept = new Kept(node.endpoint);
  const { accounts } = kept;
  await assertRejects(() => accounts.users(), BitTrickleError, "There are no credentials in etcd");
  await assertRejects(() => editUsers(accounts, add("hans")), BitTrickleError, "no credentials");
  assertEquals([await accounts.users(true), await accounts.invitations()], ["", []]);
  await editUsers(accounts, add("hans"), { mayBegin: true });
  assertEquals(usersIn(await accounts.users()), [["hans", "pw"]]);
});

Deno.test({ name: "of changes at the same time none is lost", ignore }, async () => {
  await using node = await EtcdNode.start();
  using one = new Kept(node.endpoint);
  using other = new Kept(node.endpoint);
  const names = Array.from({ length: 12 }, (_, i) => `user${i}`);
  await Promise.all(names.map((name, i) => {
    return editUsers((i % 2 ? one : other).accounts, add(name), { mayBegin: true });
  }));
  const users = usersIn(await one.accounts.users()).map(([user]) => user).sort();
  assertEquals(users, names.toSorted());
});

Deno.test({ name: "a change whose answer is lost is made, once", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  using kept = new Kept(proxy.endpoint);
  let lost = 0;
  proxy.rule = (path) => path.endsWith("txn") && lost++ < 1 ? "answer is lost" : "passes";
  await editUsers(kept.accounts, add("hans"), { mayBegin: true });
  assertEquals(usersIn(await kept.accounts.users()), [["hans", "pw"]]);
});

Deno.test(
  { name: "a change whose answer is lost is made, also if others follow it", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    using kept = new Kept(proxy.endpoint);
    using other = new Kept(node.endpoint);
    await editUsers(other.accounts, add("leia"), { mayBegin: true });
    let transactions = 0;
    proxy.rule = async (path): Promise<Fate> => {
      if (!path.endsWith("txn")) return "passes";
      if (++transactions === 1) return "answer is lost";
      if (transactions === 2) await editUsers(other.accounts, add("vader"));
      return "passes";
    };
    await editUsers(kept.accounts, add("hans"));
    const users = usersIn(await kept.accounts.users()).map(([user]) => user);
    assertEquals([users, transactions], [["leia", "hans", "vader"], 2]);
  },
);

Deno.test(
  { name: "of a change without any answer it is said that it is in doubt", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    using kept = new Kept(proxy.endpoint);
    await editUsers(kept.accounts, add("leia"), { mayBegin: true });
    proxy.rule = (path) => path.endsWith("txn") ? "answer is lost" : "passes";
    const edit = () => editUsers(kept.accounts, add("hans"));
    await assertRejects(edit, BitTrickleError, "whether the change was made is not known");
  },
);

Deno.test({ name: "a key that another server has just made is not replaced", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  using slow = new Kept(proxy.endpoint);
  using quick = new Kept(node.endpoint);
  let made: string | undefined;
  let reads = 0;
  proxy.rule = async (path): Promise<Fate> => {
    // It has seen that there is none, and looks once more before it makes one.
    if (path === "/v3/kv/range" && ++reads === 2) made = await quick.accounts.loadKey(true);
    return "passes";
  };
  const loaded = await slow.accounts.loadKey(true);
  assertEquals([loaded, await quick.accounts.key(true)], [made, made]);
});

Deno.test({ name: "of servers that make a key at once one does", ignore }, async () => {
  await using node = await EtcdNode.start();
  using one = new Kept(node.endpoint);
  using other = new Kept(node.endpoint);
  const made: string[] = [];
  const load = ({ accounts }: Kept) => accounts.loadKey(true, (where) => made.push(where));
  const [first, second] = await Promise.all([load(one), load(other)]);
  assertEquals([first === second, made], [true, ["etcd"]]);
  const late = () => editUsers(one.accounts, add("hans"), { mayBegin: true, setup: "another" });
  await assertRejects(late, BitTrickleError, "the servers have got another key meanwhile");
});

Deno.test({ name: "a fleet begins with the files of its first server", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using folder = await TempFolder.make();
  const files = new FileAccounts(await folder.write("credentials.txt", "hans pw-hans\n"));
  const key = await files.loadKey(true);
  using kept = new Kept(node.endpoint);
  assertEquals(await kept.accounts.begin(files), true);
  assertEquals(await kept.accounts.begin(files), false);
  assertEquals([await kept.accounts.users(), await kept.accounts.key(true)], [
    "hans pw-hans\n",
    key,
  ]);
});

Deno.test({ name: "another cluster key opens nothing, and replaces nothing", ignore }, async () => {
  await using node = await EtcdNode.start();
  using kept = new Kept(node.endpoint);
  await editUsers(kept.accounts, add("hans"), { mayBegin: true });
  using stranger = new Kept(node.endpoint, new Uint8Array(32));
  const edit = () => editUsers(stranger.accounts, add("vader"), { mayBegin: true });
  await assertRejects(edit, BitTrickleError, "sealed with another cluster key");
  assert((await kept.accounts.users()).includes("hans"));
});
