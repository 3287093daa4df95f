import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { someBytes } from "../support/bytes.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";
import { waitFor } from "../support/wait_for.ts";
import { ANY_PORT, hostAndPort, typedIndex } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

async function run(command: readonly string[], cwd: string): Promise<Ended> {
  await using program = new Program(command, { cwd, env: { XDG_STATE_HOME: join(cwd, "state") } });
  return await program.finish();
}

function server(cwd: string, ...args: string[]): Promise<Ended> {
  return run([...FROM_SOURCE.server, ...args], cwd);
}

function client(cwd: string, ...args: string[]): Promise<Ended> {
  return run([...FROM_SOURCE.client, ...args], cwd);
}

Deno.test("the server says what is wrong with its credentials file", AS_PROCESSES, async () => {
  const cases: [content: string | undefined, message: RegExp][] = [
    [undefined, /"credentials.txt": no such file; `user add` and `invite` make it/],
    ["", /no line holds a user/],
    ["hans pw\nvader\n", /line 2: expected a user name, a space and a password/],
    ["hans a b\n", /line 1: expected a user name, a space and a password/],
    ["hans pw\n\n# note\nhans other\n", /line 4: user "hans" is already on line 1/],
    ["h\x1bans pw\n", /line 1: bad user name "h\\u\{1b\}ans"/],
    [`hans ${"x".repeat(65)}\n`, /line 1: bad password: it is longer than 64 characters/],
  ];
  await Promise.all(cases.map(async ([content, message]) => {
    await using folder = await TempFolder.make();
    if (content !== undefined) await folder.write("credentials.txt", content);
    const { code, stderr } = await server(folder.path, "0");
    assertEquals(code, 2);
    assertMatch(stderr, message);
    assert(!stderr.includes("at "), "no stack trace");
    if (content !== undefined) {
      assertEquals(await Deno.readTextFile(folder.pathOf("credentials.txt")), content);
    }
  }));
});

Deno.test("a server with the example's users warns of it, once", AS_PROCESSES, async () => {
  const example = await Deno.readTextFile(new URL("../../credentials.txt", import.meta.url));
  const cases: [content: string, warnings: number][] = [
    [example, 1],
    [example.replaceAll("\n", "\r\n"), 1],
    ["# Our users\nhans pw\n", 0],
  ];
  for (const [content, warnings] of cases) {
    await using folder = await TempFolder.make();
    await folder.write("credentials.txt", content);
    const command = [...FROM_SOURCE.server, "0", "--data", ":memory:"];
    await using program = new Program(command, { cwd: folder.path });
    await program.shows("Listening on");
    assertEquals(program.stderr.split("anybody can log in").length - 1, warnings, program.stderr);
    assertEquals(program.stderr.split("\n").length - 1, warnings, program.stderr);
  }
});

Deno.test("a server that has served says once that it made a new key", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await folder.write("credentials.txt", "hans pw\n");
  const start = async () => {
    await using program = new Program([...FROM_SOURCE.server, "0"], { cwd: folder.path });
    await program.shows("Listening on");
    program.kill("SIGTERM");
    await program.ends();
    return program.stderr.split("made a new key").length - 1;
  };
  assertEquals(await start(), 0, "a first start is no news");
  await Deno.remove(folder.pathOf("credentials.txt.key"));
  assertEquals([await start(), await start()], [1, 0]);
});

Deno.test("a server whose log cannot be written says so once, and serves", {
  ignore: !MAY_RUN || Deno.build.os !== "linux",
}, async () => {
  await using network = await Network.start();
  const server = network.programs.server.join(" ");
  const port = network.port + 1 < 65_536 ? network.port + 1 : network.port - 1;
  const command = ["sh", "-c", `exec ${server} ${typedIndex(port)} --data :memory: >/dev/full`];
  await using program = new Program(command, { cwd: network.home.path });
  await program.warns("Cannot write the log");
  const client = [...network.programs.client, typedIndex(port), "--user", "hans", "lap"];
  const env = { BITTRICKLE_PASSWORD: "pw-hans" };
  for (const _ of [1, 2]) {
    await using asking = new Program(client, { cwd: network.home.path, env });
    assertEquals((await asking.finish()).code, 0);
  }
  assertEquals(program.stderr.split("Cannot write").length, 2, program.stderr);
});

Deno.test("the server says what is wrong with its port", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await folder.write("credentials.txt", "hans pw\n");
  using taken = DatagramSocket.bind(ANY_PORT);
  const bad = ["", "x", "-1", "70000", "6e3", "5000.5"];
  await Promise.all(bad.map(async (port) => {
    const { code, stderr } = await server(folder.path, "--", port);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "is not a port");
  }));
  const { code, stderr } = await server(folder.path, typedIndex(taken.address.port));
  assertEquals(code, 4);
  assertStringIncludes(stderr, "another program is using the port");
});

Deno.test("the client says after five seconds that nobody answers", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await folder.write("password", "pw\n");
  using silent = DatagramSocket.bind(ANY_PORT);
  const started = performance.now();
  const flags = ["--user", "hans", "--password-file", "password"];
  const { code, stderr } = await client(
    folder.path,
    typedIndex(silent.address.port),
    "lap",
    ...flags,
  );
  const seconds = (performance.now() - started) / 1_000;
  assertEquals(code, 4);
  const where = hostAndPort(silent.address.port);
  assert(stderr.startsWith(`No answer from the index at ${where}: check that `), stderr);
  assert(seconds >= 4.5 && seconds < 8, `took ${seconds} s`);
});

Deno.test("the client says what is wrong with its command line", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await folder.write("file", "");
  const cases: [args: string[], code: number, message: string][] = [
    [[], 2, "no index is named"],
    [["lap"], 2, "no index is named"],
    [["two words"], 2, '"two words" is not [host:]port'],
    [["0"], 2, "port 0 cannot be talked to"],
    [["5000", "--nonsense"], 2, '"--nonsense" is not a flag'],
    [
      ["5000", "gte", "a"],
      2,
      '"gte" is not a command; did you mean "get"?\n',
    ],
    [
      ["publish", "a"],
      2,
      '"a" is not a command, and "publish" stands where the index does; did you mean "pub"?\n',
    ],
    [["lpff", "gte", "a"], 2, '"gte" is not a command; did you mean "get"?\n'],
    [["5000", "get"], 2, "get needs a file: get <file>"],
    [["5000", "lap", "--password-file", "none"], 2, 'Cannot read the password in "none"'],
    [["5000", "lap", "--password-file", "file"], 2, "line 1: it is empty"],
    [["5000", "--dir", "none"], 7, 'Cannot use the folder "none": it is not there'],
    [["5000", "--dir", "file"], 7, 'Cannot use the folder "file": it is not a folder'],
    [["5000", "--protocol", "3"], 2, '--protocol takes 1 or 2, not "3"'],
    [["5000", "lap", "--user", "vader "], 2, '--user "vader ": it holds a space or unprintable'],
    [["5000"], 2, "The input ended before a user name and a password came"],
  ];
  await Promise.all(cases.map(async ([args, code, message]) => {
    const ended = await client(folder.path, ...args);
    assertStringIncludes(ended.stderr, message);
    assertEquals(ended.code, code, args.join(" "));
  }));
});

Deno.test("the shell survives every mistake of its user", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { shell, folder } = await network.join("hans");
  await Deno.writeTextFile(`${folder}/a.txt`, "mine");
  await Deno.mkdir(`${folder}/sub`);
  await Deno.symlink("/etc/hostname", `${folder}/link`);
  const cases: [line: string, message: string][] = [
    ["frobnicate", '"frobnicate" is not a command. Available commands are: get, lap'],
    ["get", "get needs a file: get <file>"],
    ["get my file", 'If that is one name with spaces, put it in quotes: get "my file"'],
    ["lap now", "lap takes nothing after it"],
    ["pub none.txt", 'Cannot publish "none.txt": no such file in the shared folder'],
    ["pub link", 'Cannot publish "link": it is a link, and links are not shared'],
    ["pub ../a.txt", '"../a.txt" is not in the shared folder'],
    ["get .profile", 'Cannot download ".profile": a part of it begins with a dot or a space'],
    ["get a.txt", 'Cannot download "a.txt": a file of that name is already in the folder'],
  ];
  for (const [line, message] of cases) {
    await shell.type(line);
    await waitFor(message, () => (shell.stderr + shell.stdout).includes(message));
  }
  await shell.ask("lap", "No active peers\n");
  assertEquals(await Deno.readTextFile(`${folder}/a.txt`), "mine");
});

Deno.test("a folder that may not be written is said so", { ignore: !CAN_MOUNT }, async () => {
  await using network = await Network.start();
  await using disk = await TinyDisk.mount(await network.home.makeFolder("disk"), "ro");
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  const { code, stderr } = await network.once("vader", "get", "a.txt", "--dir", disk.path);
  assertEquals(code, 7);
  assertEquals(stderr, 'Cannot write "a.txt": the folder may not be written\n');
});

Deno.test("no datagram keeps the server from answering the next", AS_PROCESSES, async () => {
  await using network = await Network.start();
  using socket = DatagramSocket.bind(ANY_PORT);
  const to = network.address;
  let answer = "";
  const receiving = socket.receive((bytes) => void (answer = new TextDecoder().decode(bytes)));
  const bad: (string | Uint8Array)[] = [
    "",
    "\0",
    Uint8Array.of(0xff, 0xfe),
    new Uint8Array(65_507),
    "__proto__",
    "constructor hans",
    "__proto__ __proto__ __proto__",
    "login __proto__ toString 6000",
    "login hans pw-hans",
    ...["0", "-1", "70000", "6e3", "", "06000"].map((port) => `login hans pw-hans ${port}`),
    "get hans ../../etc/passwd",
    " ",
    "\x1b[2J\n2026-10-09 13:20:40.123: 1: Received LOGIN from root",
    ...Array.from({ length: 500 }, (_, i) => someBytes(i, i + 1)),
  ];
  for (const message of bad) {
    await socket.send(
      typeof message === "string" ? new TextEncoder().encode(message) : message,
      to,
    );
  }
  await waitFor("an answer to a good login", async () => {
    await socket.send(new TextEncoder().encode("login hans pw-hans 6000"), to);
    return answer === "Welcome to BitTrickle!";
  });
  socket.close();
  await receiving;
  await waitFor("the log of the login", () => network.server.stdout.includes('"answered"'));
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(network.server.stdout));
});
