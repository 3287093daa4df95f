import { assertEquals, assertMatch } from "@std/assert";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { publish } from "../support/events.ts";
import { failureOf } from "../support/failures.ts";
import { CLUSTER_KEY } from "../support/fleet_server.ts";
import { FollowedJournal } from "../support/journal_kinds.ts";

const ignore = !HAS_ETCD;
const USER = { name: "root", password: "a password" };

/** Has etcd ask who somebody is. */
async function askForUsers(node: EtcdNode): Promise<void> {
  await node.call("/v3/auth/user/add", USER);
  await node.call("/v3/auth/role/add", { name: "root" });
  await node.call("/v3/auth/user/grant", { user: USER.name, role: "root" });
  await node.call("/v3/auth/enable", {});
}

Deno.test({ name: "an etcd that asks for a user is told one", ignore }, async () => {
  // Tokens are forgotten after a second without use.
  await using node = await EtcdNode.start({ flags: ["--auth-token-ttl", "1"] });
  await askForUsers(node);
  const options = { endpoints: [node.endpoint], clusterKey: CLUSTER_KEY };
  const wrong = { ...options, user: { ...USER, password: "another" } };
  assertMatch((await failureOf(Fleet.join(wrong))).message, /no such user, or another password/);
  assertMatch((await failureOf(Fleet.join(options))).message, /asks for a user: --etcd-user/);
  await using fleet = await Fleet.join({ ...options, user: USER });
  await using journal = await EtcdJournal.open(fleet);
  const followed = new FollowedJournal(journal);
  await journal.append(publish("hans", "a", 1));
  // The token of a user whose password is set again is worth nothing any more.
  const { token } = await node.call("/v3/auth/authenticate", USER);
  await fetch(new URL("/v3/auth/user/changepw", node.endpoint), {
    ...{ method: "POST", body: JSON.stringify(USER), headers: { authorization: String(token) } },
  }).then((response) => response.text());
  await journal.append(publish("hans", "b", 1));
  assertEquals(followed.lines, ["hans a 1 -", "hans b 1 -"]);
});
