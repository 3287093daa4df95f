import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeTree } from "../support/file_tree.ts";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

Deno.test(
  "one-shot commands follow each other without a pause of their caller",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await Deno.mkdir(network.home.pathOf("hans"));
    await Deno.writeTextFile(network.home.pathOf("hans/a.txt"), "a");
    const published = await network.once("hans", "pub", "a.txt");
    assertEquals([published.code, published.stdout], [0, "File published successfully\n"]);
    const listed = await network.once("hans", "lpf");
    assertEquals([listed.code, listed.stdout], [0, "1 file published:\na.txt\n"]);
  },
);

const UNSERVED = "Nobody serves this now: leave a shell or `share` running in this folder\n";

Deno.test("who publishes by a command is told that nobody serves it", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await writeTree(network.home.pathOf("hans/lab"), 2, 100);
  const pub = (...args: string[]) => network.once("hans", "pub", ...args);
  assertEquals((await pub("lab")).stderr, UNSERVED);
  assertEquals((await pub("lab", "none")).stderr, UNSERVED);
  assertEquals(
    (await pub("none")).stderr,
    'Cannot publish "none": no such file in the shared folder\n',
  );
  for (const flag of ["--quiet", "--json"]) {
    const { stdout, stderr } = await pub("lab", flag);
    assertEquals([stdout.includes("serves"), stderr], [false, ""]);
  }
  const hans = await network.join("hans");
  assertEquals((await pub("lab")).stderr, "");
  const get = (...args: string[]) => network.once("vader", "get", ...args);
  assertEquals((await get("lab/")).stderr, "");
  assertEquals((await get("lab/", "--share")).stderr, UNSERVED);
  assert(!hans.shell.stderr.includes("Nobody serves"));
});

Deno.test("get of a folder without its / says how it is named", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await writeTree(`${hans.folder}/lab`, 2, 100);
  await hans.shell.ask("pub lab", "2 files published\n");
  const hint = '"lab" is a folder: "lab/" gets all that others publish below it\n';
  const get = async (name: string) => await network.once("vader", "get", name);
  const [whole, part] = [await get("lab"), await get("la")];
  assertEquals([whole.code, whole.stdout], [3, `File not found\n${hint}`]);
  assertEquals([part.code, part.stdout], [3, "File not found\n"]);
  await Deno.mkdir(network.home.pathOf("vader/lab"));
  const taken = await get("lab");
  assertEquals(taken.code, 7);
  assertStringIncludes(taken.stderr, `a folder of that name is already in the folder; ${hint}`);
});

Deno.test("--json prints one object a line and nothing else", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  const found = await network.once("vader", "sch", "a", "--json");
  assertEquals(JSON.parse(found.stdout), {
    v: 1,
    type: "result",
    verb: "sch",
    items: ["a.txt"],
    details: [{ size: 1, id: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" }],
    more: 0,
    publishers: [{ user: "hans", active: 1, all: 1, device: Deno.hostname() }],
  });
  const got = await network.once("yoda", "get", "a.txt", "--json");
  const { verb, name, bytes } = lastObject(got.stdout);
  assertEquals([verb, name, bytes, got.stderr], ["get", "a.txt", 1, ""]);
  const missing = await network.once("chewy", "get", "none", "--json");
  assertEquals([missing.code, JSON.parse(missing.stdout).code], [3, "not_found"]);
});

Deno.test("--json prints objects from the first wrong flag on", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const lines = [["--json", "--nonsense"], ["lap", "--json", "now"], ["get", "--json"], [
    "--user",
    "--json",
  ], ["--json", "get", "x", "--as=y", "z"]];
  for (const line of lines) {
    const { code, stdout, stderr } = await network.once("hans", ...line);
    const { v, type, code: kind, message } = JSON.parse(stdout);
    assertEquals([code, v, type, kind, typeof message], [2, 1, "error", "usage", "string"]);
    assertEquals(stderr, "");
  }
  const { stdout } = await network.once("hans", "--json", "--version");
  assertEquals(JSON.parse(stdout).type, "result");
});

Deno.test("each failure has its exit code", AS_PROCESSES, async () => {
  await using network = await Network.start();
  assertEquals((await network.once("hans", "get", "none")).code, 3);
  assertEquals((await network.once("vader", "unp", "none")).code, 3);
  assertEquals((await network.once("yoda", "pub", "none")).code, 3);
  assertEquals((await network.once("chewy", "get", "../x")).code, 2);
  const refused = await network.client("nobody", ["lap", "--user", "nobody"], {
    BITTRICKLE_PASSWORD: "guess",
  });
  assertEquals(await refused.shell.ends(), 5);
  assertStringIncludes(refused.shell.stderr, "Authentication failed. Please try again.");
});

Deno.test("a one-shot command that asks nothing leaves its input alone", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { shell } = await network.client("hans", ["lap", "--user", "hans"], {
    BITTRICKLE_PASSWORD: "pw-hans",
  });
  assertEquals(await shell.ends(), 0);
  assertEquals(shell.stdout, "No active peers\n");
});

Deno.test("help and version need no index", AS_PROCESSES, async () => {
  await using network = await Network.start();
  for (const args of [["--help"], ["--version"], ["help"]]) {
    const { shell } = await network.client("hans", args);
    assertEquals([await shell.ends(), shell.stderr], [0, ""]);
  }
});

Deno.test("output that cannot be written is said, and is an error of the disk", {
  ignore: !MAY_RUN || Deno.build.os !== "linux",
}, async () => {
  await using network = await Network.start();
  const client = [...network.programs.client, network.typedIndex, "--user", "hans"].join(" ");
  for (const flags of ["", "--json"]) {
    const command = ["sh", "-c", `exec ${client} lap ${flags} >/dev/full`];
    const state = { XDG_STATE_HOME: network.home.pathOf("state") };
    const options = { cwd: network.home.path, env: { BITTRICKLE_PASSWORD: "pw-hans", ...state } };
    await using program = new Program(command, options);
    const code = await program.ends();
    assertEquals([code, program.stderr], [7, "Cannot write the output: the disk is full\n"]);
  }
});
