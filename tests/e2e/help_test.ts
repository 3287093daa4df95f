import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

async function run(program: "client" | "server", ...args: string[]): Promise<Ended> {
  await using running = new Program([...FROM_SOURCE[program], ...args]);
  return await running.finish();
}

Deno.test("the client helps with a command, in each of the ways to ask", AS_PROCESSES, async () => {
  const asked = [["get", "--help"], ["5000", "get", "--help"], ["help", "get"], [
    "5000",
    "help",
    "get",
  ]];
  const helped = await Promise.all(asked.map((args) => run("client", ...args)));
  for (const { code, stdout, stderr } of helped) {
    assertEquals([code, stderr, stdout], [0, "", helped[0]!.stdout]);
    assertMatch(stdout, /^Usage: bittrickle-client \[index\] get <file> … \[flags\]\n/);
    assertStringIncludes(stdout, "--patience TIME");
  }
});

Deno.test("the server helps with a command, in each of the ways to ask", AS_PROCESSES, async () => {
  const asked = [["user", "--help"], ["user", "add", "--help"], ["--help", "user"], [
    "help",
    "user",
  ]];
  const helped = await Promise.all(asked.map((args) => run("server", ...args)));
  for (const { code, stdout, stderr } of helped) {
    assertEquals([code, stderr, stdout], [0, "", helped[0]!.stdout]);
    assertMatch(stdout, /^Usage: bittrickle-server user add\|/);
  }
});

Deno.test("help of what is no command is an error, in JSON too", AS_PROCESSES, async () => {
  const { code, stdout, stderr } = await run("client", "help", "gte");
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(
    stderr,
    'There is no help for "gte": the commands are cancel, cat, config, discover, get',
  );
  const { code: again, stdout: json } = await run("client", "help", "gte", "--json");
  assertEquals([again, JSON.parse(json).code], [2, "usage"]);
  assertEquals((await run("server", "help", "gte")).code, 2);
});

Deno.test("a completion for no shell is an error that names them", AS_PROCESSES, async () => {
  for (const program of ["client", "server"] as const) {
    const { code, stdout, stderr } = await run(program, "completion", "tcsh");
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, 'takes bash, zsh, fish or powershell, not "tcsh"');
  }
});

Deno.test("man writes a page to standard output, or into a folder", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const man1 = folder.pathOf("share/man1");
  for (const program of ["client", "server"] as const) {
    const { stdout } = await run(program, "man");
    const { code, stdout: path } = await run(program, "man", man1);
    assertEquals([code, path], [0, `${man1}/bittrickle-${program}.1\n`]);
    assertEquals(await Deno.readTextFile(path.trim()), stdout);
  }
});

Deno.test("a page that cannot be written is said so", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const file = await folder.write("file", "");
  const { code, stderr } = await run("client", "man", file);
  assertEquals(code, 7);
  assertMatch(stderr, /^Cannot write ".*bittrickle-client\.1": something of that name is .*\n$/);
  assert(!/os error|EEXIST/.test(stderr), stderr);
});
