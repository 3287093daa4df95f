import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MAY_RUN } from "../support/permission.ts";
import { Network } from "../support/network.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function user(folder: TempFolder, args: string[], typed?: string): Promise<Ended> {
  const command = [...FROM_SOURCE.server, "user", ...args];
  await using program = new Program(command, { cwd: folder.path });
  if (typed !== undefined) await program.type(typed);
  await program.endInput();
  return { code: await program.ends(), stdout: program.stdout, stderr: program.stderr };
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
    assertMatch(text, /^# the class of 2026\nhans pw-hans\nleia opaque:[A-Za-z0-9_-]{256}\n$/);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
    assertEquals((await Deno.stat(`${path}.key`)).mode! & 0o777, 0o600);
    assertEquals(await folder.names(), ["credentials.txt", "credentials.txt.key"]);
    const listed = await user(folder, ["list"]);
    assertEquals(listed.stdout, "hans  password in clear\nleia  sealed\n");
  },
);

Deno.test("mistakes change nothing and say what is wrong", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "hans pw-hans\n");
  const cases: [args: string[], typed: string | undefined, code: number, message: string][] = [
    [["add", "hans"], "x", 7, 'The user "hans" is already there'],
    [["add", "two words"], "x", 2, "bad name"],
    [["add", "leia"], "two words", 2, "Cannot set the password"],
    [["passwd", "leia"], "x", 3, 'There is no user "leia"'],
    [["disable", "leia"], undefined, 3, 'There is no user "leia"'],
    [["remove", "hans"], undefined, 2, "add, passwd, disable, enable or list"],
    [["add"], undefined, 2, "user add needs a name"],
  ];
  for (const [args, typed, code, message] of cases) {
    const ended = await user(folder, args, typed);
    assertStringIncludes(ended.stderr, message);
    assertEquals(ended.code, code);
    assertEquals(await Deno.readTextFile(path), "hans pw-hans\n");
  }
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

Deno.test("a server without the key of its records does not start", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await user(folder, ["add", "leia"], "alderaan-7");
  await Deno.remove(folder.pathOf("credentials.txt.key"));
  await using server = new Program([...FROM_SOURCE.server, "0"], { cwd: folder.path });
  assertEquals(await server.ends(), 2);
  assertStringIncludes(server.stderr, "only it can prove");
});
