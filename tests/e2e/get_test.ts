/**
 * The ways to say which file is meant and what to do with it.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
/** The ids of "one" and "two": of short files they are the SHA-256. */
const ID_OF_ONE = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
const ID_OF_TWO = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";

/** Publishes files of `user`, given by name and content, and leaves a shell to serve them. */
async function share(network: Network, user: string, files: Record<string, string>) {
  const member = await network.join(user);
  for (const [name, content] of Object.entries(files)) {
    await Deno.writeTextFile(`${member.folder}/${name}`, content);
    await member.shell.ask(`pub "${name}"`, "File published successfully\n");
  }
  return member;
}

Deno.test("a name with spaces stands in quotes", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await share(network, "hans", { "final exam.txt": "one" });
  const vader = await network.join("vader");
  await vader.shell.ask("sch final exam", "1 file found:\nfinal exam.txt\n");
  await vader.shell.ask("get final exam.txt", 'put it in quotes: get "final exam.txt"\n');
  await vader.shell.ask('get "final exam.txt"', "final exam.txt downloaded successfully\n");
  assertEquals(await Deno.readTextFile(`${vader.folder}/final exam.txt`), "one");
  await vader.shell.ask("get 'final exam.txt'", "already there, and identical\n");
});

Deno.test(
  "a name that stands for two files offers them by ids and sizes",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await share(network, "hans", { "a.txt": "one" });
    await share(network, "yoda", { "a.txt": "two" });
    const [one, two] = [ID_OF_ONE, ID_OF_TWO].map((id) => `${id.slice(0, 8)}:3`) as [
      string,
      string,
    ];
    const choice = await network.once("vader", "get", "a.txt");
    assertStringIncludes(choice.stdout, "a.txt stands for 2 files; get one by its id and size:\n");
    assertStringIncludes(choice.stdout, `  ${one}  3 B  hans\n`);
    assertStringIncludes(choice.stdout, `  ${two}  3 B  yoda\n`);
    assert(choice.code !== 0);
    const chosen = await network.once("vader", "get", two);
    assertEquals([chosen.code, chosen.stdout], [0, "a.txt downloaded successfully\n"]);
    assertStringIncludes(chosen.stderr, 'Saving as "a.txt", as it is called by yoda\n');
    const path = network.home.pathOf("vader/a.txt");
    assertEquals(await Deno.readTextFile(path), "two");
    assertEquals((await network.once("vader", "get", ID_OF_ONE)).code, 7);
    const renamed = await network.once("vader", "get", ID_OF_ONE.slice(0, 8), "--as", "b.txt");
    assertEquals([renamed.code, renamed.stdout], [0, "b.txt downloaded successfully\n"]);

    // Nobody said that a file of this name may go.
    const unasked = await network.once("vader", "get", one, "--force");
    assertEquals(unasked.code, 7);
    assertStringIncludes(unasked.stderr, "choose another name with --as");
    assertEquals(await Deno.readTextFile(path), "two");
    assertEquals((await network.once("vader", "get", one, "--as", "a.txt", "--force")).code, 0);
    assertEquals(await Deno.readTextFile(path), "one");
  },
);

Deno.test("of several files those that are there are got", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await share(network, "hans", { "a.txt": "one", "b.txt": "two" });
  const { code, stdout } = await network.once("vader", "get", "a.txt", "none", "b.txt");
  const lines = [
    "a.txt downloaded successfully",
    '"none": File not found',
    "b.txt downloaded successfully",
  ];
  assertEquals([code, stdout], [9, `${lines.join("\n")}\n`]);
  assertEquals((await network.once("vader", "get", "none", "neither")).code, 3);
});

Deno.test("what is got with --share goes on when the original is gone", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await share(network, "hans", { "a.txt": "one" });
  const vader = await network.join("vader");
  await vader.shell.ask("get --share a.txt", "a.txt downloaded successfully\n");
  await hans.shell.type("xit");
  await hans.shell.ends();
  const third = await network.once("yoda", "get", "a.txt", "--json");
  const { code, stdout } = third;
  assertEquals([code, lastObject(stdout).from], [0, ["vader"]]);
});
