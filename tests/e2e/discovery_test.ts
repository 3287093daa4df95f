/**
 * Indexes that announce themselves, and clients that look for them, on hosts of their own.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES, type NetworkHost } from "../support/namespaces.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";

const IN_NAMESPACES = { ignore: !CAN_MAKE_NAMESPACES };
const HEADER = { v: 1, type: "result", verb: "discover" };

interface Found {
  readonly name: string;
  readonly address: string;
  readonly fingerprint: string;
  readonly standing: string;
}

/** What `discover` finds on `host`, with the state of `device`. */
async function discover(
  { home }: NamespacedNetwork,
  host: NetworkHost,
  device = "nobody",
): Promise<Found[]> {
  const command = host.command([...FROM_SOURCE.client, "discover", "--json"]);
  const env = { XDG_STATE_HOME: home.pathOf(`${device}.state`) };
  await using program = new Program(command, { cwd: home.path, env });
  const { code, stdout, stderr } = await program.finish();
  assertEquals(code, 0, stderr);
  const { indexes, ...rest } = JSON.parse(stdout);
  assertEquals({ v: rest.v, type: rest.type, verb: rest.verb }, HEADER);
  return indexes;
}

Deno.test(
  "an index is found by its name and key, is known after a login, and is gone when it stops",
  IN_NAMESPACES,
  async () => {
    const flags = ["--announce", "Room 12"];
    await using network = await NamespacedNetwork.start({ users: ["hans"], flags });
    const host = await network.namespaces.addHost();
    const [index, ...others] = await discover(network, host);
    assertEquals(others, []);
    const { name, address, fingerprint, standing } = index!;
    assertEquals([name, standing], ["Room 12", "new"]);
    assertEquals(address, `${network.indexHost.address}:7000`);
    assertStringIncludes(network.server.stdout, `"fingerprint":"${fingerprint}"`);

    const lap = await network.once("hans", { host }, "lap");
    assertEquals(lap.code, 0, lap.stderr);
    assertEquals((await discover(network, host, "hans"))[0]?.standing, "known");
    await Deno.writeTextFile(
      network.home.pathOf("hans.state/bittrickle/known_servers"),
      (await Deno.readTextFile(network.home.pathOf("hans.state/bittrickle/known_servers")))
        .replace(/[A-Za-z0-9_-]{43}/, "A".repeat(43)),
    );
    assertEquals((await discover(network, host, "hans"))[0]?.standing, "another key");

    const searching = discover(network, host);
    network.server.kill("SIGTERM");
    assertEquals(await network.server.ends(), 0);
    await searching;
    assertEquals(await discover(network, host), []);
  },
);

Deno.test("two indexes of one name on one network are two", IN_NAMESPACES, async () => {
  const flags = ["--announce", "Room 12"];
  await using network = await NamespacedNetwork.start({ users: ["hans"], flags });
  await using folder = await TempFolder.make();
  await folder.write("credentials.txt", "vader pw-vader\n");
  const host = await network.namespaces.addHost();
  const command = [...FROM_SOURCE.server, "5000", "--host", "0.0.0.0", ...flags];
  await using second = new Program(host.command(command), { cwd: folder.path });
  await second.shows("Listening on");
  const asker = await network.namespaces.addHost();
  const found = await discover(network, asker);
  assertEquals(found.map(({ name }) => name), ["Room 12", "Room 12"]);
  assert(found[0]!.fingerprint !== found[1]!.fingerprint);
  assertEquals(
    found.map(({ address }) => address).sort(),
    [
      `${network.indexHost.address}:7000`,
      `${host.address}:5000`,
    ].sort(),
  );
});

Deno.test(
  "an index says the same once a second at most, however often it is asked",
  IN_NAMESPACES,
  async () => {
    const flags = ["--announce", "Room 12"];
    await using network = await NamespacedNetwork.start({ users: ["hans"], flags });
    const host = await network.namespaces.addHost();
    const answersTo = async (...args: readonly string[]) => {
      const script = new URL("../support/insistent_asker.ts", import.meta.url).pathname;
      const deno = [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-check", script];
      const command = host.command([...deno, ...args]);
      await using asker = new Program(command, { cwd: network.home.path });
      return Number.parseInt((await asker.finish()).stdout);
    };
    const answers = await answersTo(); // In two seconds: at its begin, middle and end.
    assert(answers >= 1 && answers <= 3, `${answers} answers`);
    const answersToProbes = await answersTo("probe");
    assert(answersToProbes >= 5 && answersToProbes <= 9, `${answersToProbes} answers to probes`);
  },
);

Deno.test("two servers of one index are one, until one of them stops", IN_NAMESPACES, async () => {
  const flags = ["--announce", "Room 12"];
  await using network = await NamespacedNetwork.start({ users: ["hans"], flags });
  const { host, server } = await network.addServer();
  const asker = await network.namespaces.addHost();
  const [index, ...others] = await discover(network, asker);
  assertEquals(others, []);
  const addresses = [network.indexHost, host].map(({ address }) => `${address}:7000`);
  assertEquals(index!.address.split(",").sort(), addresses.toSorted());

  server.kill("SIGTERM");
  assertEquals(await server.ends(), 0);
  const left = await discover(network, asker);
  assertEquals(left.map(({ address }) => address), [addresses[0]]);
});

Deno.test("what strangers announce is harmless", IN_NAMESPACES, async () => {
  await using network = await NamespacedNetwork.start({ users: ["hans"] });
  const liar = await network.namespaces.addHost();
  const script = new URL("../support/hostile_announcer.ts", import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-check", script];
  await using announcer = new Program(liar.command(deno), { cwd: network.home.path });
  await announcer.shows("announcing");
  const host = await network.namespaces.addHost();
  let found: Found[] = [];
  await waitFor("what can be believed of it", async () => {
    found = await discover(network, host);
    return found.length > 0;
  }, 20_000);
  assert(found.length <= 100);
  for (const { name, address } of found) {
    assert(!/[\p{Cc}\p{Cf}]/u.test(name), name);
    assertStringIncludes(address, liar.address);
  }
});

Deno.test(
  "an index that nobody else can reach announces nothing",
  { ignore: !MAY_RUN },
  async () => {
    await using folder = await TempFolder.make();
    await folder.write("credentials.txt", "hans pw-hans\n");
    const command = [...FROM_SOURCE.server, "0", "--announce", "Room 12"];
    await using program = new Program(command, { cwd: folder.path });
    const { code, stderr } = await program.finish();
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--announce is of no use while only this machine can reach");
  },
);
