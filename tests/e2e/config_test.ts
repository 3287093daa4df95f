/**
 * The client's configuration file, by the real program.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { hostAndPort } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

type Env = Readonly<Record<string, string>>;

/** Runs the client beside the configuration in `home`, with `lines` as its input. */
async function client(home: TempFolder, args: string[], env: Env = {}, ...lines: string[]) {
  const places = { XDG_CONFIG_HOME: home.path, XDG_STATE_HOME: home.pathOf("state") };
  const options = { cwd: home.path, env: { ...places, ...env } };
  await using program = new Program([...FROM_SOURCE.client, ...args], options);
  return await program.finish(...lines);
}

/** Writes the configuration of `home`. Returns its path. */
async function configure(home: TempFolder, text: string | Uint8Array): Promise<string> {
  await Deno.mkdir(home.pathOf("bittrickle"), { recursive: true });
  return await home.write(join("bittrickle", "config.toml"), text);
}

/** The configuration of hans at the index of `network`, called lab. */
async function configureLab({ home, port }: Network): Promise<void> {
  await Deno.mkdir(home.pathOf("shared"));
  await home.write("secret", "pw-hans\n");
  const lab = `[indexes.lab]\naddress = "${hostAndPort(port)}"\nuser = "hans"\ndir = "../shared"\n`;
  await configure(home, `${lab}password-file = "../secret"\n`);
}

function objectsIn({ stdout }: Ended) {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("an index of the configuration is reached by its name alone", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { home } = network;
  await configureLab(network);
  await home.write(join("shared", "falcon.txt"), "It made the Kessel run.");
  const published = await client(home, ["lab", "pub", "falcon.txt"]);
  assertEquals([published.code, published.stdout], [0, "File published successfully\n"]);
  const listed = await client(home, ["lab", "lpf", "--json"]);
  assertEquals(objectsIn(listed).at(-1).items, ["falcon.txt"]);
  const vader = await client(home, ["lab", "lpf", "--user", "vader"], {
    BITTRICKLE_PASSWORD: "pw-vader",
  });
  assertEquals([vader.code, vader.stdout], [0, "No files published\n"]);
});

Deno.test("the default index needs no name, for a command, a script and a shell", {
  ignore: !MAY_RUN || !HAS_TERMINAL,
}, async () => {
  await using network = await Network.start();
  const { home } = network;
  await configureLab(network);
  const env = { BITTRICKLE_INDEX: "lab" };
  assertEquals((await client(home, ["lap"], env)).stdout, "No active peers\n");
  const script = await client(home, [], env, "lpf", "xit");
  assertStringIncludes(script.stdout, "No files published");
  assertEquals(script.code, 0);
  const settings = `XDG_CONFIG_HOME=${home.path} BITTRICKLE_INDEX=lab`;
  const command = [...FROM_SOURCE.client];
  await using screen = await Screen.open(network, { command, settings });
  await screen.shows("Available commands are:");
});

Deno.test("what is wrong with the configuration is said with its line", AS_PROCESSES, async () => {
  await using home = await TempFolder.make();
  const path = await configure(home, 'user = "hans"\npasword = "x"\n');
  const reason = `Cannot use the configuration in "${path}": line 2: "pasword" is not a key`;
  const text = await client(home, ["5000", "lap"]);
  assertEquals([text.code, text.stdout], [2, ""]);
  assertEquals(text.stderr.startsWith(reason), true, text.stderr);
  const json = await client(home, ["5000", "lap", "--json"]);
  assertEquals([json.code, json.stderr], [2, ""]);
  const [{ type, code, message }] = objectsIn(json);
  assertEquals([type, code, message.startsWith(reason)], ["error", "usage", true]);
  await configure(home, 'password = "hunter2"\n');
  const secret = await client(home, ["config", "show"]);
  assertMatch(secret.stderr, /line 1: a password does not belong in this file/);
  assertEquals([secret.code, secret.stderr.includes("hunter2")], [2, false]);
});

Deno.test("what is no configuration is refused, however large it is", AS_PROCESSES, async () => {
  await using home = await TempFolder.make();
  await Deno.mkdir(home.pathOf("folder"));
  const files: readonly (readonly [name: string, content: string | Uint8Array, reason: string])[] =
    [
      ["long", "# comment\n".repeat(6_554), "it is longer than 65536 bytes"],
      ["binary", new Uint8Array([0xff, 0x00, 0x80]), "it is not UTF-8 text"],
      ["escapes", '"\x1b[2J" = 1\n', "line 1: "],
    ];
  for (const [name, content, reason] of files) {
    await home.write(name, content);
    const { code, stderr } = await client(home, ["--config", name, "config", "show"]);
    assertEquals([code, stderr.includes("\x1b")], [2, false]);
    assertStringIncludes(stderr, `Cannot use the configuration in "${name}": ${reason}`);
  }
  for (const [name, reason] of [["folder", "it is a folder"], ["none", "no such file or folder"]]) {
    const { code, stderr } = await client(home, ["--config", name!, "5000", "lap"]);
    assertEquals([code, stderr], [2, `Cannot use the configuration in "${name}": ${reason}\n`]);
  }
});

Deno.test("a configuration that Windows wrote is understood", AS_PROCESSES, async () => {
  await using home = await TempFolder.make();
  const text = 'user = "hans"\r\n';
  const bytes = [0xfeff, ...text.split("").map((it) => it.charCodeAt(0))];
  await configure(home, new Uint8Array(Uint16Array.from(bytes).buffer));
  const { code, stdout } = await client(home, ["config", "show"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^user +line 1 +hans$/m);
});

Deno.test("config show and config path need no index", AS_PROCESSES, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf(join("bittrickle", "config.toml"));
  assertEquals((await client(home, ["config", "path"])).stdout, `${path}\n`);
  const shown = await client(home, ["config", "show"], { BITTRICKLE_PASSWORD: "hunter2" });
  assertEquals([shown.code, shown.stdout.split("\n")[0]], [0, `${path} (not there)`]);
  assertMatch(shown.stdout, /^password-file +BITTRICKLE_PASSWORD +not shown$/m);
  await configure(home, "patience = 90\n");
  const json = await client(home, ["config", "show", "--json"], { BITTRICKLE_PASSWORD: "hunter2" });
  const [{ v, type, verb, found, settings }] = objectsIn(json);
  assertEquals([v, type, verb, found], [1, "result", "config", true]);
  const patience = settings.find(({ name }: { name: string }) => name === "patience");
  assertEquals([patience.value, patience.from, patience.line], ["90", "file", 1]);
  assertEquals([shown, json].some(({ stdout }) => stdout.includes("hunter2")), false);
});

Deno.test("without an index the client says how it is used", AS_PROCESSES, async () => {
  await using home = await TempFolder.make();
  const alone = await client(home, []);
  assertEquals([alone.code, alone.stdout], [2, ""]);
  assertMatch(alone.stderr, /^Usage: bittrickle-client /);
  assert(alone.stderr.split("\n").length <= 12, "the whole help is not asked for");
  assertMatch(
    alone.stderr,
    /no index is named: write host:port, or configure one; `bittrickle-client discover` looks for some \(see --help\)\n$/,
  );
  const command = await client(home, ["lap", "--json"]);
  assertEquals([command.code, objectsIn(command)[0].code], [2, "usage"]);
});

Deno.test(
  "a name that no host has is compared with those of the configuration",
  AS_PROCESSES,
  async () => {
    await using home = await TempFolder.make();
    await configure(home, '[indexes.lab-invalid]\naddress = "127.0.0.1"\n');
    const flags = ["--user", "hans", "lap"];
    const { code, stderr } = await client(home, ["lb-invalid", ...flags], {
      BITTRICKLE_PASSWORD: "x",
    });
    assertEquals(code, 4);
    assertMatch(
      stderr,
      /Cannot find the host "lb-invalid": .*; or did you mean "lab-invalid"\?\n$/,
    );
  },
);

Deno.test("server and client meet at the default port", {
  ignore: !MAY_RUN || Deno.build.os !== "linux",
}, async () => {
  await using home = await TempFolder.make();
  await home.write("credentials.txt", "hans pw-hans\n");
  // An address of its own, so that no other server has the port.
  const host = ["127", ...crypto.getRandomValues(new Uint8Array(2)), "7"].join(".");
  const command = [...FROM_SOURCE.server, "--host", host, "--data", ":memory:"];
  await using server = new Program(command, { cwd: home.path });
  await server.shows(`${host}:16980`);
  const env = { BITTRICKLE_PASSWORD: "pw-hans" };
  const { code, stdout } = await client(home, [host, "--user", "hans", "lap"], env);
  assertEquals([code, stdout], [0, "No active peers\n"]);
});
