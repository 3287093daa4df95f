/**
 * What a person is told when the system refuses: what, why and, where there is a way, what to do. No
 * word of it is the runtime's.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { ANY_PORT, typedIndex } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** What only the runtime, or its stack, would say. */
const RUNTIMES_WORDS =
  /os error|run again|--allow|Requires|Uncaught|\bE[A-Z]{3,}|ERR_|Error:|file:\/\/|\n\s+at /;

/** What is run in a folder that holds a file `file`, and the text and exit code that come of it. */
type Case = readonly [args: readonly string[], code: number, message: string];

const CLIENT: readonly Case[] = [
  [["5000", "--dir", "none"], 7, 'Cannot use the folder "none": it is not there; make it, or'],
  [["5000", "--dir", "file"], 7, 'Cannot use the folder "file": it is not a folder; name one'],
  [["5000", "--dir", "file/x"], 7, "a part of the path is not a folder"],
  [["5000", "--dir", "x".repeat(300)], 7, "the name is too long for this system"],
  [["5000", "lap", "--password-file", "none"], 2, '"none": no such file or folder'],
  [["5000", "lap", "--password-file", "."], 2, '".": it is a folder'],
  [["5000", "lap", "--password-file", "/dev/mem"], 2, "it is outside of what this program may use"],
  [["join", "none"], 2, 'Cannot read the invitation in "none": no such file or folder'],
  [["no-such-host.invalid:5000", "lap", "--user", "hans"], 4, "check the name, or use its IP"],
  [
    ["upgrade", "--check"],
    2,
    "was built without the address of a page of releases: set BITTRICKLE",
  ],
  [["man", "file"], 7, '"file/bittrickle-client.1": something of that name is already there'],
  [["man", "file/x"], 7, "a part of the path is not a folder"],
];

const SERVER: readonly Case[] = [
  [["0", "--credentials", "none"], 2, '"none": no such file; `user add` and `invite` make it'],
  [["0", "--credentials", "."], 2, '".": it is a folder'],
  [["0", "--host", "192.0.2.1"], 4, "the address is not one of this machine"],
  [["0", "--data", "none/x.db"], 7, "it cannot be opened or made there"],
  [["0", "--data", "."], 7, "Cannot use the data in"],
  [["data", "check", "--data", "none"], 3, 'There is no data file "none": name it with --data'],
  [["data", "backup", "b", "--credentials", "none"], 3, '/none": name it with --credentials, or'],
  [["start"], 2, "an address goes to --host, and help lists the commands"],
  [["data", "check", "--data", "file"], 7, "it is not a file of BitTrickle"],
  [["0", "--credentials", "binary"], 2, "it is not UTF-8 text"],
  [["user", "import", "binary"], 2, "it is not UTF-8 text"],
  [["invite", "--file", "full names", "--address", "a:1"], 2, "line 1: bad name: it holds a space"],
  [
    ["invite", "--file", "full names", "--address", "a:1"],
    2,
    "write one word, such as anna.schmidt",
  ],
  [["user", "import", "none"], 2, 'Cannot read the names in "none": no such file or folder'],
  [["user", "remove", "leia"], 3, 'There is no user "leia": see `user list`'],
  [["user", "add", "hans"], 7, "choose another name, or set a new password by `user passwd`"],
  [["user", "add", "leia", "--credentials", "none/x"], 7, "Cannot"],
  [["invite", "--revoke", "leia"], 3, 'no open invitation for "leia": see invite --list'],
];

async function run(program: "client" | "server", cwd: string, args: readonly string[]) {
  const env = { XDG_STATE_HOME: join(cwd, "state"), BITTRICKLE_PASSWORD: "pw" };
  await using running = new Program([...FROM_SOURCE[program], ...args], { cwd, env });
  return await running.finish();
}

function assertSaid({ code, stdout, stderr }: Ended, [args, expected, message]: Case): void {
  assertEquals([code, stdout], [expected, ""], `${args.join(" ")}: ${stderr}`);
  assertStringIncludes(stderr, message);
  assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  assert(!RUNTIMES_WORDS.test(stderr), stderr);
}

for (const [program, cases] of [["client", CLIENT], ["server", SERVER]] as const) {
  Deno.test(
    `the ${program} says in its own words why the system refuses`,
    AS_PROCESSES,
    async () => {
      await using folder = await TempFolder.make();
      await folder.write("file", "no database, and no key ".repeat(100));
      await folder.write("credentials.txt", "hans pw\n");
      await folder.write("full names", "Anna Schmidt\n");
      await folder.write("binary", Uint8Array.of(0x80, 0x81));
      for (const it of cases) assertSaid(await run(program, folder.path, it[0]), it);
    },
  );
}

Deno.test("a port that is taken is said, and what to do", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await folder.write("credentials.txt", "hans pw\n");
  using taken = DatagramSocket.bind(ANY_PORT);
  const ended = await run("server", folder.path, [typedIndex(taken.address.port)]);
  const advice = "another program is using the port: stop it, or choose another port";
  assertSaid(ended, [[], 4, advice]);
});

Deno.test(
  "a state folder that cannot be used is said, and what follows",
  AS_PROCESSES,
  async () => {
    await using folder = await TempFolder.make();
    const file = await folder.write("file", "");
    const env = { XDG_STATE_HOME: file, BITTRICKLE_PASSWORD: "pw" };
    const command = [...FROM_SOURCE.client, "1", "lap", "--user", "hans"];
    await using running = new Program(command, { cwd: folder.path, env });
    const { stderr } = await running.finish();
    assertStringIncludes(stderr, "Going on without");
    assert(!RUNTIMES_WORDS.test(stderr), stderr);
  },
);
