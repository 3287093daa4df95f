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

/** Starts a server with `flags` as its service does, at an address of its own. */
async function startServer(
  guide: FleetGuide,
  last: number,
  flags: readonly string[],
): Promise<Program> {
  const words = [...FROM_SOURCE.server, `${guide.addressOf(last)}:16980`, ...flags];
  const program = new Program([...words, "--log", "json"], { cwd: guide.state });
  await program.shows('"listening"', 30_000);
  return program;
}

/** Starts a server of the fleet, on its own address only: here all are on one machine. */
async function startMember(guide: FleetGuide, last: number): Promise<Program> {
  const [port, host, all, ...flags] = await guide.serviceFlags();
  assertEquals([port, host, all], ["16980", "--host", "0.0.0.0"]);
  return await startServer(guide, last, flags);
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

/** An index with a file, and three nodes of etcd that know nothing of it. */
async function prepare(guide: FleetGuide): Promise<void> {
  await guide.folder.write("state/credentials.txt", CREDENTIALS);
  await guide.folder.makeFolder("hans");
  await guide.folder.write("hans/film.txt", "a film");
  {
    await using _alone = await startServer(guide, 21, []);
    assertStringIncludes(await ask(guide, "pub", "film.txt"), "File published successfully");
  }
  await guide.run(["certificates"]);
  await guide.startNodes((name) => guide.folder.pathOf(`data-${name}`));
  await guide.run(["the cluster key"]);
  await guide.run(["the files of a server"], inPki);
  await guide.run(["the flags of every server"]);
}

/** Moves the index into the fleet, where its client finds its file at both servers. */
async function moveIn(guide: FleetGuide): Promise<void> {
  const looked = await guide.run(["in each shell", "leave the files"]);
  const inGeneral = (line: string) => line.replace(/credentials.txt": \d+/, "credentials.txt: N");
  const lines = looked.split("\n").map(inGeneral);
  assertEquals(guide.shown.map(inGeneral).filter((line) => !lines.includes(line)), [], looked);
  await using _first = await startMember(guide, 21);
  assertStringIncludes(await guide.run(["in each shell", "move in"]), "hans");
  await using _second = await startMember(guide, 22);
  assertStringIncludes(await ask(guide, "lpf"), "film.txt");
}

/** Makes the users of etcd, and tells the servers theirs, before etcd asks. */
async function prepareUsers(guide: FleetGuide): Promise<void> {
  await guide.run(["tell etcdctl", "users of etcd"]);
  await givePassword(guide);
  await guide.addServiceFlags("--etcd-user bittrickle --etcd-password-file etcd.pw");
}

/** Changes the password of servers that run. */
async function changePassword(guide: FleetGuide): Promise<void> {
  await guide.folder.write("etcd.pw", "another\n");
  await givePassword(guide);
  await guide.run(["tell etcdctl", "another password"]);
}

async function givePassword(guide: FleetGuide): Promise<void> {
  const files = "cluster.key ca.pem index.pem index.key";
  await guide.run(["the files of a server"], (text) => text.replace(files, "etcd.pw"));
}

/** Puts back what the snapshot has. */
async function restore(guide: FleetGuide): Promise<void> {
  await guide.stopNodes();
  for (const [name, last] of [["a", 11], ["b", 12], ["c", 13]] as const) {
    await guide.run(["restore"], (text) => {
      return text.replace(/node=.*/, `node=${name} address=${guide.addressOf(last)}`)
        .replace("bittrickle-restored", `restored-${name}`);
    });
  }
  await guide.startNodes((name) => guide.folder.pathOf(`restored-${name}`));
  assertStringIncludes(await guide.run(["tell etcdctl", "forget the id"]), "\n1\n");
}

Deno.test("a fleet is run as the page about it says", { ignore: !CAN_FOLLOW }, async () => {
  await using guide = await FleetGuide.open();
  await prepare(guide);
  await moveIn(guide);
  await prepareUsers(guide);
  {
    await using first = await startMember(guide, 21);
    await using second = await startMember(guide, 22);
    await guide.run(["tell etcdctl", "let etcd ask"]);
    assertStringIncludes(await ask(guide, "pub", "film.txt"), "File published successfully");
    await changePassword(guide);
    assertStringIncludes(await ask(guide, "pub", "film.txt"), "File published successfully");
    await guide.run(["tell etcdctl", "defragment", "make room", "back up"]);
    assertStringIncludes(await ask(guide, "lpf"), "film.txt");
    for (const { stdout } of [first, second]) assert(!stdout.includes('"cut off"'), stdout);
  }
  await using forgotten = await startMember(guide, 23);
  await restore(guide);
  {
    await using _ = await startMember(guide, 21);
    assertStringIncludes(await ask(guide, "lpf"), "film.txt");
  }
  await forgotten.shows('"cut off"', 20_000);
  assert(!forgotten.stdout.includes('"joined"'), "it has to be started again");
  const left = await guide.run(["in each shell", "leave the fleet"]);
  assertStringIncludes(left, 'Publications in "alone.db": 1\n');
  assertStringIncludes(left, "Server key: good\n");
  assertMatch(await guide.run(["tell etcdctl", "empty etcd"]), /\n\d+\n/);
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
