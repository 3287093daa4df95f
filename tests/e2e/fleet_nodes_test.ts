/**
 * What the programs say of the nodes of etcd, when not all of them are well.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { EtcdCluster } from "../support/etcd_cluster.ts";
import { FleetNetwork } from "../support/fleet_network.ts";
import { freePorts } from "../support/free_ports.ts";
import { hostAndPort } from "../support/host.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { statusIn } from "../support/status_schema.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";

const WITH_ETCD = { ignore: !MAY_RUN || !HAS_ETCD || Deno.build.os === "windows" };
const FULL =
  "etcd's database is full: raise its quota, compact and defragment it, and disarm the alarm";

async function run(words: readonly string[], cwd: string): Promise<Ended> {
  await using program = new Program([...FROM_SOURCE.server, ...words], { cwd });
  return await program.finish();
}

/** Has `node` raise the alarm of a quota that is reached, or disarms it. */
async function setAlarm(node: EtcdNode, action: "ACTIVATE" | "DEACTIVATE"): Promise<void> {
  const { header } = await node.call("/v3/maintenance/status", {}) as {
    header: { member_id: string };
  };
  const { member_id: memberID } = header;
  await node.call("/v3/maintenance/alarm", { action, memberID, alarm: "NOSPACE" });
}

Deno.test(
  "--check tells of every node that does not answer, and of alarms",
  WITH_ETCD,
  async () => {
    await using cluster = await EtcdCluster.start(3);
    await using folder = await TempFolder.make();
    await folder.write("credentials.txt", "hans pw-hans\n");
    await run(["fleet", "key", "cluster.key"], folder.path);
    const journal = `etcd:${cluster.endpoints.join()}`;
    const flags = ["--journal", journal, "--cluster-key", "cluster.key"];
    const check = () => run(["--check", hostAndPort(0), ...flags], folder.path);
    const well = await check();
    assertEquals([well.code, well.stdout.endsWith("Nothing is wrong\n")], [0, true], well.stderr);

    const [first, second, third] = cluster.nodes;
    await setAlarm(first!, "ACTIVATE");
    const full = await check();
    assertEquals([full.code, full.stderr], [8, `${FULL}\n`]);
    await setAlarm(first!, "DEACTIVATE");

    await second!.kill();
    const weak = await check();
    assertEquals([weak.code, weak.stderr], [
      4,
      "1 of 3 nodes of etcd does not answer: if one more fails, the fleet stands still\n",
    ]);
    assertStringIncludes(weak.stdout, 'Users in "credentials.txt": 1');

    await third!.kill();
    const gone = await check();
    assertEquals(gone.code, 4);
    const lines = gone.stdout.trimEnd().split("\n");
    assertEquals(lines.length, 3, gone.stdout);
    for (const [i, { endpoint }] of cluster.nodes.entries()) {
      assertStringIncludes(lines[i]!, `${endpoint}: not reached: `);
    }
  },
);

Deno.test("--check tells of a catalogue without an id", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  await network.command("user", "add", "leia");
  const flags = network.flags();
  const { stdout } = await run(["--check", hostAndPort(0), ...flags], network.home.path);
  assertMatch(
    stdout,
    /: reached\nThe catalogue has no id: the first server makes one\nUsers in etcd: 1;/,
  );
});

Deno.test("a server tells of a node that it does not reach", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const nowhere = `http://${hostAndPort(freePorts(1)[0]!)}`;
  await network.server(`${network.node.endpoint},${nowhere}`);
  const cwd = network.home.pathOf("server0");
  await waitFor("the nodes to be known", async () => {
    const { fleet } = statusIn((await run(["status", "--json"], cwd)).stdout);
    return fleet?.nodes?.total === 2 && fleet.nodes.reached === 1;
  }, 10_000);
  const { stdout } = await run(["status"], cwd);
  assertStringIncludes(stdout, "; 1 OF 2 NODES OF ETCD NOT REACHED\n");
  const metrics = (await run(["status", "--metrics"], cwd)).stdout;
  assertStringIncludes(metrics, "\nbittrickle_fleet_nodes 2\n");
  assertStringIncludes(metrics, "\nbittrickle_fleet_nodes_reached 1\n");
});

Deno.test("a server where nobody publishes tells that etcd is full", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const { program } = await network.server();
  const cwd = network.home.pathOf("server0");
  await setAlarm(network.node, "ACTIVATE");
  await program.shows('"unsaved"', 10_000);
  const { disk } = statusIn((await run(["status", "--json"], cwd)).stdout);
  assertMatch(disk.fault!, /^etcd's database is full/);
  const full = (await run(["status", "--metrics"], cwd)).stdout;
  assertStringIncludes(full, "\nbittrickle_journal_up 0\n");
  await setAlarm(network.node, "DEACTIVATE");
  await program.shows('"saved"', 10_000);
  const well = (await run(["status", "--metrics"], cwd)).stdout;
  assertStringIncludes(well, "\nbittrickle_journal_up 1\n");
});

Deno.test(
  "a user of etcd is told before etcd asks for one, with a warning",
  WITH_ETCD,
  async () => {
    await using network = await FleetNetwork.start();
    const file = await network.home.write("etcd.pw", "pw\n");
    const user = ["--etcd-user", "bittrickle", "--etcd-password-file", file];
    const warning =
      "Warning: etcd does not ask for users: --etcd-user counts from when `etcdctl auth enable` is done\n";
    const { program } = await network.server(undefined, ...user);
    assertStringIncludes(program.stderr, warning);
    const check = ["--check", hostAndPort(0), ...user, ...network.flags()];
    const { code, stdout } = await run(check, network.home.path);
    assertEquals([code, stdout.includes(warning)], [0, true]);
  },
);
