/**
 * Users who change their own passwords, with the real programs.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Network } from "../support/network.ts";
import { lastObject } from "../support/json_lines.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, Program } from "../support/program.ts";
import { UdpProxy } from "../support/udp_proxy.ts";
import { typedIndex } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

const OLD = "alderaan-7";
const NEW = "yavin-4-yavin";

/** A server that knows leia by a record, and hans in clear. */
async function startNetwork(): Promise<Network> {
  const network = await Network.start();
  await network.home.write("password", OLD);
  const added = await network.administer("user", "add", "leia", "--password-file", "password");
  assertEquals(added.code, 0);
  await network.server.shows('"event":"accounts"');
  return network;
}

async function run(
  network: Network,
  args: readonly string[],
  password: string,
  ...lines: string[]
): Promise<Ended> {
  const { shell } = await network.client("leia", args, { BITTRICKLE_PASSWORD: password });
  return await shell.finish(...lines);
}

const PASSWD = ["passwd", "--user", "leia"];
const LAP = ["lap", "--user", "leia"];

Deno.test(
  "passwd changes the password at once, and nobody on the way reads it",
  AS_PROCESSES,
  async () => {
    await using network = await startNetwork();
    await using proxy = new UdpProxy(network.address);
    const command = [...network.programs.client, typedIndex(proxy.address.port), ...PASSWD];
    const env = { XDG_STATE_HOME: network.home.pathOf("state"), BITTRICKLE_PASSWORD: OLD };
    await using program = new Program(command, { cwd: network.home.path, env });
    const changed = await program.finish(NEW);
    assertEquals([changed.stdout, changed.code], ["leia has a new password\n", 0], changed.stderr);
    assertStringIncludes(changed.stderr, "where the present one was read: in BITTRICKLE_PASSWORD");
    assert(proxy.recorded.length > 8);
    for (const { bytes } of proxy.recorded) {
      const text = new TextDecoder("latin1").decode(bytes);
      assert(!text.includes(OLD) && !text.includes(NEW));
    }
    assertEquals([(await run(network, LAP, OLD)).code, (await run(network, LAP, NEW)).code], [
      5,
      0,
    ]);
    const stored = await Deno.readTextFile(network.home.pathOf("credentials.txt"));
    assert(/^leia opaque:2:[A-Za-z0-9_-]{256}$/m.test(stored) && !stored.includes(NEW));
    assertStringIncludes(network.server.stdout, '"verb":"passwd","user":"leia"');
  },
);

Deno.test(
  "a script gives the user, the password and the new one in three lines",
  AS_PROCESSES,
  async () => {
    await using network = await startNetwork();
    const { shell } = await network.client("leia", ["passwd", "--json"]);
    const changed = await shell.finish("leia", OLD, NEW);
    assertEquals(JSON.parse(changed.stdout), {
      v: 1,
      type: "result",
      verb: "passwd",
      user: "leia",
    });
    assertEquals((await run(network, LAP, NEW)).code, 0);
  },
);

Deno.test("every mistake is named, and changes nothing", AS_PROCESSES, async () => {
  await using network = await startNetwork();
  const path = network.home.pathOf("credentials.txt");
  const before = await Deno.readTextFile(path);
  const hans = ["passwd", "--user", "hans"];
  const cases: [args: string[], password: string, typed: string[], code: number, text: string][] = [
    [PASSWD, "wrong", [NEW], 5, "Authentication failed"],
    [PASSWD, OLD, ["x".repeat(65)], 2, "Cannot set the password: it is longer than 64 characters"],
    [PASSWD, OLD, ["two words"], 2, "Cannot set the password: it holds a space"],
    [PASSWD, OLD, [], 130, "Nothing was changed"],
    [PASSWD, "wrong", [], 5, "Authentication failed"],
    [hans, "pw-hans", [], 8, "this password stands in clear in the index's file"],
    [["passwd", "--user", "nobody"], OLD, [], 5, "Authentication failed"],
    [[...PASSWD, "--protocol", "1"], OLD, [NEW], 2, "passwd needs the sealed protocol"],
    [[...PASSWD, "now"], OLD, [NEW], 2, "passwd takes nothing after it"],
    [hans, "pw-hans", [NEW], 8, "this password stands in clear in the index's file"],
  ];
  for (const [args, password, typed, code, text] of cases) {
    const ended = await run(network, args, password, ...typed);
    assertStringIncludes(ended.stderr, text);
    assertEquals([ended.code, await Deno.readTextFile(path)], [code, before], text);
  }
});

Deno.test(
  "a disk that refuses leaves the old password, and the operator reads why",
  AS_PROCESSES,
  async () => {
    await using network = await startNetwork();
    await network.home.makeFolder("credentials.txt.new");
    await network.home.write("credentials.txt.new/in-the-way", "");
    const refused = await run(network, PASSWD, OLD, NEW);
    assertStringIncludes(refused.stderr, "The index refuses: the index cannot save this");
    assert(!refused.stderr.includes("credentials.txt"), "the user is told where it is kept");
    assertEquals(refused.code, 8);
    await network.server.shows("Cannot change the credentials in");
    assertEquals((await run(network, LAP, OLD)).code, 0);
  },
);

Deno.test(
  "an open shell says that the password was changed, and to log in anew",
  AS_PROCESSES,
  async () => {
    await using network = await startNetwork();
    const { shell } = await network.client("leia", ["--user", "leia"], {
      BITTRICKLE_PASSWORD: OLD,
    });
    await shell.shows("Available commands are:");
    assertEquals((await run(network, PASSWD, OLD, NEW)).code, 0);
    await shell.warns(
      "The password of this user was changed, or the user was removed: log in anew",
    );
    await shell.type("lap");
    const ended = await shell.finish();
    const times = ended.stderr.split("was changed, or the user was removed: log in anew").length -
      1;
    assertEquals([times, ended.code], [2, 5], "as news, and to the command");
  },
);

Deno.test("a shell that somebody left open changes no password", AS_PROCESSES, async () => {
  await using network = await startNetwork();
  const { shell } = await network.join("hans");
  await shell.type("passwd");
  await shell.warns("passwd asks for the present password, and so is a command of its own");
});

Deno.test("objects about a failed command say which one it was", AS_PROCESSES, async () => {
  await using network = await startNetwork();
  const failures = [
    [...PASSWD, "--protocol", "1", "--json"],
    [...PASSWD, "--json"],
    [...LAP, "--json"],
    [...LAP, "--dir", "none", "--json"],
    ["get", "--json", "x", "y", "--as", "z", "--user", "leia"],
  ];
  const verbs = [];
  for (const args of failures) {
    const { stdout, code } = await run(network, args, "wrong-password");
    assert(code > 0, stdout);
    verbs.push(lastObject(stdout).verb);
  }
  assertEquals(verbs, ["passwd", "passwd", "lap", "lap", "get"]);
});
