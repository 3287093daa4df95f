import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { usersIn } from "../../lib/index/login/credentials_text.ts";
import { MAY_RUN } from "../support/permission.ts";
import { Network } from "../support/network.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

async function user(folder: TempFolder, args: string[], ...typed: string[]): Promise<Ended> {
  const command = [...FROM_SOURCE.server, "user", ...args];
  await using program = new Program(command, { cwd: folder.path });
  return await program.finish(...typed);
}

function read(folder: TempFolder, name: string): Promise<string> {
  return Deno.readTextFile(folder.pathOf(name));
}

Deno.test(
  "add writes a record and never the password; comments and mode stay",
  AS_PROCESSES,
  async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("credentials.txt", "# the class of 2026\nhans pw-hans\n");
    await Deno.chmod(path, 0o640);
    const added = await user(folder, ["add", "leia"], "alderaan-7");
    assertEquals([added.code, added.stderr.includes("leia may log in")], [0, true]);
    const text = await Deno.readTextFile(path);
    assertMatch(text, /^# the class of 2026\nhans pw-hans\nleia opaque:2:[A-Za-z0-9_-]{256}\n$/);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
    assertEquals((await Deno.stat(`${path}.key`)).mode! & 0o777, 0o600);
    assertEquals(await folder.names(), [
      "credentials.txt",
      "credentials.txt-lock",
      "credentials.txt.key",
    ]);
    const listed = await user(folder, ["list"]);
    assertEquals(listed.stdout, "hans  password in clear\nleia  sealed\n");
  },
);

Deno.test(
  "enable says of an outdated user that a new password is needed",
  AS_PROCESSES,
  async () => {
    await using folder = await TempFolder.make();
    const record = "A".repeat(256);
    const lines = [`gone disabled:opaque:${record}`, `yoda disabled:opaque:2:${record}`, "hans x"];
    await folder.write("credentials.txt", lines.join("\n"));
    const gone = await user(folder, ["enable", "gone"]);
    assertEquals(gone.code, 0);
    assertStringIncludes(gone.stderr, "gone may log in after `bittrickle-server user passwd gone`");
    assertEquals((await user(folder, ["enable", "yoda"])).stderr, "yoda may log in\n");
  },
);

Deno.test("mistakes change nothing and say what is wrong", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "hans pw-hans\n");
  const cases: [args: string[], typed: string[], code: number, message: string][] = [
    [["add", "hans"], ["x"], 7, 'The user "hans" is already there'],
    [["add", "two words"], ["x"], 2, "bad name"],
    [["add", "leia"], ["two words"], 2, "Cannot set the password"],
    [["passwd", "leia"], ["x"], 3, 'There is no user "leia"'],
    [["disable", "leia"], [], 3, 'There is no user "leia"'],
    [["rename", "hans"], [], 2, "add, passwd, disable, enable, remove, import, export or list"],
    [["remove", "leia"], [], 3, 'There is no user "leia"'],
    [["add"], [], 2, "user add needs a name"],
  ];
  await Promise.all(cases.map(async ([args, typed, code, message]) => {
    const ended = await user(folder, args, ...typed);
    assertStringIncludes(ended.stderr, message);
    assertEquals(ended.code, code);
    assertEquals(await Deno.readTextFile(path), "hans pw-hans\n");
  }));
});

Deno.test(
  "who got a record logs in while the server runs, with both passwords in turn",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const administer = async (args: string[], password: string) => {
      await network.home.write("password", `${password}\n`);
      const { code } = await network.administer("user", ...args, "--password-file", "password");
      assertEquals(code, 0);
    };
    const logIn = async (password: string) => {
      const env = { BITTRICKLE_PASSWORD: password };
      const { shell } = await network.client("leia", ["lap", "--user", "leia"], env);
      return await shell.ends();
    };
    const isRead = async (times: number) => {
      for (let seen = 0; seen < times; seen++) await network.server.shows('"event":"accounts"');
    };
    await administer(["add", "leia"], "alderaan-7");
    await isRead(1);
    assertEquals([await logIn("alderaan-7"), await logIn("wrong")], [0, 5]);
    await administer(["passwd", "leia"], "yavin-4");
    await isRead(1);
    assertEquals([await logIn("alderaan-7"), await logIn("yavin-4")], [5, 0]);
    const text = await Deno.readTextFile(network.home.pathOf("credentials.txt"));
    assert(!text.includes("alderaan") && !text.includes("yavin"));
  },
);

Deno.test("a user who is removed is out, be it the last one", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { shell } = await network.join("hans");
  for (const name of ["vader", "yoda", "chewy", "hans"]) {
    const removed = await network.administer("user", "remove", name);
    assertEquals([removed.code, removed.stderr], [0, `${name} is removed\n`]);
  }
  await shell.warns("The password of this user was changed, or the user was removed: log in anew");
  assertEquals(await read(network.home, "credentials.txt"), "# no users\n");
  assertEquals((await network.once("hans", "lap")).code, 5);
});

Deno.test("a server without the key of its records does not start", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await user(folder, ["add", "leia"], "alderaan-7");
  await Deno.remove(folder.pathOf("credentials.txt.key"));
  for (const disabled of [false, true]) {
    if (disabled) assertEquals((await user(folder, ["disable", "leia"])).code, 0);
    await using server = new Program([...FROM_SOURCE.server, "0"], { cwd: folder.path });
    await server.warns("only it can prove");
    assertEquals(await server.ends(), 2);
  }
});

Deno.test(
  "no record is made with another key than those that are there",
  AS_PROCESSES,
  async () => {
    await using folder = await TempFolder.make();
    for (const name of ["leia", "luke"]) await user(folder, ["add", name], "alderaan-7");
    const [text, key] = [
      await read(folder, "credentials.txt"),
      folder.pathOf("credentials.txt.key"),
    ];
    await Deno.remove(key);
    for (const args of [["add", "yoda"], ["passwd", "leia"]]) {
      const { code, stderr } = await user(folder, args, "dagobah-9");
      assertEquals([code, await read(folder, "credentials.txt")], [2, text]);
      assertStringIncludes(stderr, "only it can prove. Bring back a copy of it. If there is none");
    }
    assertEquals(await folder.names(), ["credentials.txt", "credentials.txt-lock"]);
    await Deno.writeTextFile(folder.pathOf("credentials.txt"), text.split("\n")[0]!);
    assertEquals((await user(folder, ["passwd", "leia"], "dagobah-9")).code, 0);
  },
);

Deno.test("changes at the same time are all made", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const names = Array.from({ length: 8 }, (_, i) => `user${i}`);
  const added = await Promise.all(names.map((name) => user(folder, ["add", name], "alderaan-7")));
  assertEquals(added.map(({ code }) => code), names.map(() => 0));
  const listed = await user(folder, ["list"]);
  assertEquals(listed.stdout.split("\n").sort(), ["", ...names.map((name) => `${name}  sealed`)]);
  const before = await read(folder, "credentials.txt");
  const changed = await Promise.all(names.map((name, i) => {
    return i % 2 === 0
      ? user(folder, ["disable", name])
      : user(folder, ["passwd", name], "yavin-4");
  }));
  assertEquals(changed.map(({ code }) => code), names.map(() => 0));
  const after = await read(folder, "credentials.txt");
  const secretsIn = (text: string) => Object.fromEntries(usersIn(text));
  for (const [i, name] of names.entries()) {
    const [old, now] = [secretsIn(before)[name]!, secretsIn(after)[name]!];
    assertEquals([now === `disabled:${old}`, now !== old], [i % 2 === 0, true], name);
  }
});

Deno.test("two first starts at once agree about the key", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await folder.write("credentials.txt", "hans pw-hans\n");
  const start = (data: string) => {
    const command = [...FROM_SOURCE.server, "0", "--data", data];
    return new Program(command, { cwd: folder.path });
  };
  await using stack = new AsyncDisposableStack();
  const servers = ["a", "b", "c"].map((data) => stack.use(start(data)));
  for (const server of servers) await server.shows("Listening on");
  assertMatch(await read(folder, "credentials.txt.key"), /^[A-Za-z0-9_-]{171}\n$/);
});
