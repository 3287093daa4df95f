import { assertEquals, assertMatch } from "@std/assert";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { EtcdTls, HAS_OPENSSL } from "../support/etcd_tls.ts";
import { publish } from "../support/events.ts";
import { failureOf } from "../support/failures.ts";
import { CLUSTER_KEY } from "../support/fleet_server.ts";
import { FollowedJournal } from "../support/journal_kinds.ts";

const ignore = !HAS_ETCD;
const USER = { name: "root", password: "a password" };

/** Makes a user who may do everything. */
async function makeUser(node: EtcdNode): Promise<void> {
  await node.call("/v3/auth/user/add", USER);
  await node.call("/v3/auth/role/add", { name: "root" });
  await node.call("/v3/auth/user/grant", { user: USER.name, role: "root" });
}

/** Has etcd ask who somebody is. */
async function askForUsers(node: EtcdNode): Promise<void> {
  await makeUser(node);
  await node.call("/v3/auth/enable", {});
}

/** Sets the password of the user: whatever it was told before is worth nothing any more. */
async function setPassword(node: EtcdNode, former: string, password: string): Promise<void> {
  const { name } = USER;
  const { token } = await node.call("/v3/auth/authenticate", { name, password: former });
  await fetch(new URL("/v3/auth/user/changepw", node.endpoint), {
    ...{ method: "POST", body: JSON.stringify({ name, password }) },
    headers: { authorization: String(token) },
  }).then((response) => response.text());
}

/** How the fleet at `node` is joined, with the password that is in `kept` at the time. */
function optionsFor(node: EtcdNode, kept: { password: string }) {
  const user = { name: USER.name, password: () => Promise.resolve(kept.password) };
  return { endpoints: [node.endpoint], clusterKey: CLUSTER_KEY, user };
}

Deno.test({ name: "an etcd that asks for a user is told one", ignore }, async () => {
  // Tokens are forgotten after a second without use.
  await using node = await EtcdNode.start({ flags: ["--auth-token-ttl", "1"] });
  await askForUsers(node);
  const options = optionsFor(node, { ...USER });
  const wrong = optionsFor(node, { password: "another" });
  assertMatch((await failureOf(Fleet.join(wrong))).message, /no such user, or another password/);
  const nobody = { ...options, user: undefined };
  assertMatch((await failureOf(Fleet.join(nobody))).message, /asks for a user: --etcd-user/);
  await using fleet = await Fleet.join(options);
  await using journal = await EtcdJournal.open(fleet);
  const followed = new FollowedJournal(journal);
  await journal.append(publish("hans", "a", 1));
  await setPassword(node, USER.password, USER.password);
  await journal.append(publish("hans", "b", 1));
  assertEquals(followed.lines, ["hans a 1 -", "hans b 1 -"]);
});

Deno.test({ name: "a password that changes at etcd is read again", ignore }, async () => {
  await using node = await EtcdNode.start();
  await askForUsers(node);
  const kept = { ...USER };
  await using fleet = await Fleet.join(optionsFor(node, kept));
  await using journal = await EtcdJournal.open(fleet);
  const followed = new FollowedJournal(journal);
  await setPassword(node, USER.password, "another one");
  const { message } = await failureOf(journal.append(publish("hans", "a", 1)));
  assertMatch(message, /no such user, or another password/);
  kept.password = "another one";
  await journal.append(publish("hans", "b", 1));
  assertEquals(followed.lines, ["hans b 1 -"]);
});

Deno.test({ name: "a server with a user begins before etcd asks for one", ignore }, async () => {
  await using node = await EtcdNode.start();
  await makeUser(node);
  await using fleet = await Fleet.join(optionsFor(node, { ...USER }));
  await using journal = await EtcdJournal.open(fleet);
  const followed = new FollowedJournal(journal);
  await journal.append(publish("hans", "a", 1));
  assertEquals(fleet.etcd.gateway.isUserIdle, true);
  await node.call("/v3/auth/enable", {});
  // Several at once, none of which has a token yet.
  await Promise.all(["b", "c", "d"].map((name) => journal.append(publish("hans", name, 1))));
  assertEquals(fleet.etcd.gateway.isUserIdle, false);
  assertEquals(followed.lines, ["a", "b", "c", "d"].map((name) => `hans ${name} 1 -`));
});

Deno.test({
  name: "a certificate that etcd does not take when it asks for users is told so",
  ignore: ignore || !HAS_OPENSSL,
}, async () => {
  await using tls = await EtcdTls.make();
  await using node = await EtcdNode.start({ tls });
  await askForUsers(node);
  const options = { ...optionsFor(node, { ...USER }), tls: tls.client };
  const { code, message } = await failureOf(Fleet.join(options));
  assertEquals([code, message], [
    "refused",
    "etcd refuses certificates with a common name when it asks for users: " +
    "issue that of the servers without CN",
  ]);
});
