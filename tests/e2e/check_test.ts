/**
 * What `bittrickle-server --check` finds.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { typedIndex } from "../support/host.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

async function check(folder: TempFolder, ...args: string[]): Promise<Ended> {
  const command = [...FROM_SOURCE.server, "--check", ...args];
  await using program = new Program(command, { cwd: folder.path });
  return await program.finish();
}

Deno.test(
  "a folder that a server can begin in is good, and stays as it is",
  AS_PROCESSES,
  async () => {
    await using folder = await TempFolder.make();
    await folder.write("credentials.txt", "hans pw-hans\nvader pw-vader\n");
    const { code, stdout, stderr } = await check(folder, "0");
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout.split("\n"), [
      'Users in "credentials.txt": 2; open invitations: 0',
      "Server key: none yet, the server makes one",
      'Data: none yet, the server makes "bittrickle.db"',
      "127.0.0.1:0: free",
      "Nothing is wrong",
      "",
    ]);
    assertEquals(await folder.names(), ["credentials.txt"]);
  },
);

Deno.test("a server that runs is looked at, too", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  const { code, stdout } = await check(network.home, typedIndex(network.port));
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Server key: good\n");
  assertStringIncludes(stdout, 'Publications in "bittrickle.db": 1\n');
  assertStringIncludes(stdout, "in use, perhaps by the server that runs now\n");
});

Deno.test(
  "what is wrong is said, with the code that a server ends with",
  AS_PROCESSES,
  async () => {
    await using folder = await TempFolder.make();
    const fault = async (...args: string[]) => {
      const { code, stderr } = await check(folder, ...args);
      return [code, stderr];
    };
    const [code, missing] = await fault();
    assertEquals(code, 2);
    assertStringIncludes(missing as string, "no such file");
    await folder.write("credentials.txt", "hans\n");
    assertStringIncludes((await fault())[1] as string, "line 1");
    await folder.write("credentials.txt", "hans pw\n");
    const [elsewhere, where] = await fault("--host", "192.0.2.1");
    assertEquals(elsewhere, 4);
    assertStringIncludes(where as string, "Cannot listen on UDP 192.0.2.1:0");
    await folder.write("bittrickle.db", "no database at all".repeat(100));
    assertEquals((await fault())[0], 7);
    await folder.write("credentials.txt.key", "short\n");
    assertStringIncludes((await fault())[1] as string, "it does not hold a key");
    assertEquals((await fault("--chek"))[0], 2);
  },
);

Deno.test("the status page is looked at, and what it needs", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await folder.write("credentials.txt", "hans pw-hans\n");
  await folder.write("token.txt", "0123456789abcdef0123456789abcdef\n");
  const good = await check(folder, "0", "--http", "0.0.0.0:0", "--http-token-file", "token.txt");
  assertEquals(good.code, 0);
  const expected = "Status page: in clear, with an access token, without an administrator, " +
    "whom `admin passwd` makes\n";
  assertStringIncludes(good.stdout, expected);
  const bad = ["--http-cert", "credentials.txt", "--http-key", "token.txt"];
  const { code, stderr } = await check(folder, "0", "--http", "0", ...bad);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "Cannot use the TLS certificate");
});
