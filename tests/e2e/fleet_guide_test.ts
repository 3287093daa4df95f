/**
 * docs/howto/fleet.md does what it says: three nodes of etcd with TLS, two servers, a backup and the way back.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { fromFileUrl } from "@std/path";
import { parseServerLine } from "../../lib/server/flags/command_line.ts";
import { HAS_ETCD } from "../support/etcd.ts";
import { HAS_OPENSSL } from "../support/etcd_tls.ts";
import { FleetGuide } from "../support/fleet_guide.ts";
import { canRun, MAY_RUN, MAY_USE_DISK } from "../support/permission.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { CREDENTIALS } from "../support/users.ts";

const CAN_FOLLOW = MAY_RUN && HAS_ETCD && HAS_OPENSSL && Deno.build.os === "linux" &&
  await canRun("etcdctl", "version");
const COMPOSE = fromFileUrl(new URL("../../docs/deploy/fleet.compose.yaml", import.meta.url));
/** Takes the certificates from where the first block has made them. */
const inPki = (text: string) => text.replaceAll(/ (ca|index)\.(pem|key)/g, " pki/$1.$2");

/** Starts a server as the page does, at an address of its own. */
async function startServer(guide: FleetGuide, last: number): Promise<Program> {
  const etcd = [11, 12, 13].map((it) => `https://${guide.addressOf(it)}:2379`).join();
  const tls = ["--etcd-ca", "pki/ca.pem", "--etcd-cert", "pki/index.pem"];
  const program = new Program([
    ...[...FROM_SOURCE.server, `${guide.addressOf(last)}:16980`, "--journal", `etcd:${etcd}`],
    ...["--cluster-key", "cluster.key", ...tls, "--etcd-key", "pki/index.key", "--log", "json"],
  ], { cwd: guide.folder.path });
  await program.shows('"listening"', 30_000);
  return program;
}

/** Runs one command of a client of both servers. */
async function ask(guide: FleetGuide, ...words: readonly string[]): Promise<string> {
  const index = [21, 22].map((last) => `${guide.addressOf(last)}:16980`).join();
  const home = guide.folder.pathOf("hans");
  await using program = new Program([...FROM_SOURCE.client, index, "--user", "hans", ...words], {
    cwd: home,
    env: { BITTRICKLE_PASSWORD: "pw-hans", XDG_STATE_HOME: `${home}/.state` },
  });
  const { stdout, stderr } = await program.finish();
  return stdout + stderr;
}

Deno.test("a fleet is run as the page about it says", { ignore: !CAN_FOLLOW }, async () => {
  await using guide = await FleetGuide.open();
  await guide.folder.write("credentials.txt", CREDENTIALS);
  await guide.folder.makeFolder("hans");
  await guide.folder.write("hans/film.txt", "a film");
  await guide.run(["certificates"]);
  await guide.startNodes((name) => guide.folder.pathOf(`data-${name}`));
  await guide.run(["the cluster key"]);
  const checked = await guide.run(["the flags of every server"], inPki);
  assertMatch(checked, /:2379: reached\n.*:2379: reached\n.*:2379: reached\nCluster key: good/);
  {
    await using _first = await startServer(guide, 21);
    await using _second = await startServer(guide, 22);
    assertStringIncludes(await ask(guide, "pub", "film.txt"), "File published successfully");
    await guide.run(["tell etcdctl", "defragment", "make room", "back up"]);
    assertStringIncludes(await ask(guide, "lpf"), "film.txt");
  }
  await using forgotten = await startServer(guide, 23);
  await guide.stopNodes();
  for (const [name, last] of [["a", 11], ["b", 12], ["c", 13]] as const) {
    await guide.run(["restore"], (text) => {
      return text.replace(/node=.*/, `node=${name} address=${guide.addressOf(last)}`)
        .replace("bittrickle-restored", `restored-${name}`);
    });
  }
  await guide.startNodes((name) => guide.folder.pathOf(`restored-${name}`));
  assertStringIncludes(await guide.run(["tell etcdctl", "forget the id"]), "\n1\n");
  {
    await using _ = await startServer(guide, 21);
    assertStringIncludes(await ask(guide, "lpf"), "film.txt");
  }
  await forgotten.shows('"cut off"', 20_000);
  assert(!forgotten.stdout.includes('"joined"'), "it has to be started again");
  const left = await guide.run(["the flags of every server", "leave the fleet"], inPki);
  assertStringIncludes(left, 'Publications in "alone.db": 1\n');
  assertStringIncludes(left, "Server key: good\n");
  assertEquals(guide.left, []);
});

Deno.test("the servers of the compose file understand their flags", {
  ignore: !MAY_USE_DISK,
}, async () => {
  const { services } = parse(await Deno.readTextFile(COMPOSE)) as {
    services: Record<string, { image: string; command: string[]; healthcheck: { test: string[] } }>;
  };
  const servers = Object.values(services).filter(({ image }) => image === "bittrickle-server");
  for (const { command, healthcheck: { test: [kind, program, ...check] } } of servers) {
    const [serve, status] = [parseServerLine(command), parseServerLine(check)];
    assert(serve.task === "serve" && status.task === "status");
    assertEquals(serve.flags.etcd?.endpoints, ["http://etcd:2379"]);
    const { statusSocket } = status.flags;
    assertEquals([kind, program, statusSocket], [
      "CMD",
      "bittrickle-server",
      serve.flags.statusSocket,
    ]);
  }
  assertEquals(servers.length, 2);
});
