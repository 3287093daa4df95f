/**
 * Who can write to etcd, but has no cluster key, cannot bring old accounts back.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { hasEdit, withEdit } from "../../lib/fleet/account_parts.ts";
import { EtcdAccounts } from "../../lib/fleet/etcd_accounts.ts";
import { EtcdClient } from "../../lib/etcd/etcd_client.ts";
import { Gateway } from "../../lib/etcd/gateway.ts";
import { Secrets } from "../../lib/fleet/secrets.ts";
import { editUsers } from "../../lib/index/login/account_store.ts";
import { addUser, usersIn } from "../../lib/index/login/credentials_text.ts";
import { disableUser } from "../../lib/server/accounts/user_changes.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { failureOf } from "../support/failures.ts";
import { CLUSTER_KEY } from "../support/fleet_server.ts";

const ignore = !HAS_ETCD;
const PARTS = ["users", "invitations", "key", "edits"];
const REFUSED = /^The accounts in etcd are older ones, which somebody has put back: restore /;

/** Somebody who writes to etcd, and knows what was there. */
class Writer {
  readonly #node: EtcdNode;
  readonly #seen = new Map<string, string[]>();

  constructor(node: EtcdNode) {
    this.#node = node;
  }

  /** Remembers what is there. */
  async look(): Promise<void> {
    for (const part of PARTS) {
      const { kvs = [] } = await this.#node.call("/v3/kv/range", { key: keyOf(part) });
      const value = (kvs as { value?: string }[])[0]?.value ?? "";
      this.#seen.set(part, [...this.#seen.get(part) ?? [], value]);
    }
  }

  /** Puts back what was there when it looked the first time. */
  async putBack(...parts: readonly string[]): Promise<void> {
    for (const part of parts) await this.#put(part, this.#seen.get(part)![0]!);
  }

  async delete(...parts: readonly string[]): Promise<void> {
    for (const part of parts) await this.#node.call("/v3/kv/deleterange", { key: keyOf(part) });
  }

  /** Puts all values again in the order in which they were there. */
  async repeat(part: string): Promise<void> {
    for (const value of this.#seen.get(part)!) await this.#put(part, value);
  }

  async #put(part: string, value: string): Promise<void> {
    await this.#node.call("/v3/kv/put", { key: keyOf(part), value });
  }
}

function keyOf(part: string): string {
  return btoa(`/bittrickle/1/account/${part}`);
}

/** A node with two users, one of whom was disabled after somebody had looked. */
class Attacked implements AsyncDisposable {
  readonly writer: Writer;
  readonly accounts: EtcdAccounts;
  readonly #gateway: Gateway;

  private constructor(readonly node: EtcdNode) {
    this.writer = new Writer(node);
    this.#gateway = new Gateway({ endpoints: [node.endpoint] });
    this.accounts = new EtcdAccounts(new EtcdClient(this.#gateway), new Secrets(CLUSTER_KEY));
  }

  static async start(): Promise<Attacked> {
    const attacked = new Attacked(await EtcdNode.start());
    const { accounts, writer } = attacked;
    await editUsers(accounts, (text) => addUser(text, "hans", "pw"), { mayBegin: true });
    await writer.look();
    await editUsers(accounts, (text) => addUser(text, "leia", "pw"));
    await writer.look();
    await disableUser(accounts, "hans");
    await writer.look();
    return attacked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gateway[Symbol.dispose]();
    await this.node[Symbol.asyncDispose]();
  }
}

Deno.test({ name: "old accounts that are put back are refused", ignore }, async () => {
  await using attacked = await Attacked.start();
  const { accounts, writer } = attacked;
  await writer.putBack(...PARTS);
  assertMatch((await failureOf(accounts.users())).message, REFUSED);
  const edit = editUsers(accounts, (text) => addUser(text, "vader", "pw"));
  assertMatch((await failureOf(edit)).message, REFUSED);
});

Deno.test({ name: "so are those that come back after all were deleted", ignore }, async () => {
  await using attacked = await Attacked.start();
  const { accounts, writer } = attacked;
  await writer.delete(...PARTS);
  await writer.putBack("users");
  assertMatch((await failureOf(accounts.users())).message, REFUSED);
  await writer.delete("users");
  await writer.repeat("users");
  assertMatch((await failureOf(accounts.users())).message, REFUSED);
});

Deno.test({ name: "accounts of a snapshot of etcd are taken", ignore }, async () => {
  await using attacked = await Attacked.start();
  const { accounts, node } = attacked;
  const restore = await node.backUp();
  await editUsers(accounts, (text) => addUser(text, "vader", "pw"));
  await restore();
  using gateway = new Gateway({ endpoints: [node.endpoint] });
  const restored = new EtcdAccounts(new EtcdClient(gateway), new Secrets(CLUSTER_KEY));
  assertEquals(usersIn(await restored.users()).map(([user]) => user), ["hans", "leia"]);
  await editUsers(restored, (text) => addUser(text, "yoda", "pw"));
  assertEquals(usersIn(await restored.users()).length, 3);
});

Deno.test("the last edits are remembered, and no more", () => {
  let edits: string | undefined;
  for (let i = 0; i < 600; i++) edits = withEdit(edits, `edit${i}`);
  assertEquals([0, 99, 100, 599].map((i) => hasEdit(edits, `edit${i}`)), [
    ...[false, false, true, true],
  ]);
  assertEquals([hasEdit(undefined, "edit"), hasEdit("", "")], [false, false]);
});
