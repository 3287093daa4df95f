/**
 * `pub` of folders, and what can go wrong on the way: nothing that is left out goes unsaid.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeTree } from "../support/file_tree.ts";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { canRun, MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE, Program, type Programs } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const WITH_MOUNTS = { ignore: !CAN_MOUNT };
const ON_UNIX = { ignore: Deno.build.os === "windows" || !await canRun("true") };
/** A root that may not read what nobody may. */
const WITHOUT_PRIVILEGES = [
  "setpriv",
  "--bounding-set=-dac_override,-dac_read_search",
  "--inh-caps=-dac_override,-dac_read_search",
];
const WITH_LIMITS = {
  ignore: Deno.build.os !== "linux" ||
    !await canRun("setpriv", ...WITHOUT_PRIVILEGES.slice(1), "true"),
};
const MANY = 3_000;
/** An index that is gone is noticed in five seconds; the machine may be busy. */
const GONE_MS = 15_000;

Deno.test(
  "what cannot be read is named, the rest published, exit code 9",
  WITH_LIMITS,
  async () => {
    const client = [...WITHOUT_PRIVILEGES, ...FROM_SOURCE.client];
    const programs: Programs = { ...FROM_SOURCE, client };
    await using network = await Network.start(programs);
    const folder = network.home.pathOf("hans/lab");
    await Deno.mkdir(`${folder}/locked`, { recursive: true });
    await Deno.mkdir(`${folder}/open`);
    for (const name of ["secret", "locked/inside", "open/fine"]) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }
    for (let i = 0; i < 12; i++) await Deno.writeTextFile(`${folder}/x${i}.part`, "");
    await Deno.chmod(`${folder}/secret`, 0);
    await Deno.chmod(`${folder}/locked`, 0);
    const published = await network.once("hans", "pub", "lab");
    assertEquals(published.code, 9, published.stderr);
    const lines = published.stdout.trimEnd().split("\n");
    assertEquals(lines[0], "1 file published");
    assertEquals(lines.length, 1 + 14, "all of them are named");
    assert(lines.includes('Skipped "lab/locked/": it may not be read'));
    assert(lines.includes('Skipped "lab/secret": it may not be read'));

    const { code, stdout } = await network.once("hans", "pub", "lab", "--json");
    const { published: names, skipped } = lastObject(stdout);
    assertEquals([code, names, skipped.length], [9, ["lab/open/fine"], 14]);
    assertEquals(skipped[0], {
      name: "lab/locked/",
      code: "disk",
      message: "it may not be read",
    });
  },
);

Deno.test("a folder has many spellings, and a link none", ON_UNIX, async () => {
  await using network = await Network.start();
  const folder = network.home.pathOf("hans");
  await Deno.mkdir(`${folder}/lab/deep`, { recursive: true });
  await Deno.writeTextFile(`${folder}/lab/deep/a`, "a");
  await Deno.symlink("lab", `${folder}/link`);
  await Deno.symlink(folder, network.home.pathOf("way"));
  const pub = (...args: string[]) => network.once("hans", "pub", ...args);
  for (const name of ["lab", "lab/", "lab//", "./lab", "./lab/", "lab/deep", "./lab/deep/"]) {
    const { code, stdout } = await pub(name);
    assertEquals([code, stdout], [0, "1 file published\n"], name);
  }
  for (const args of [["."], ["./"], [".", "--dir", network.home.pathOf("way")]]) {
    const { code, stdout } = await pub(...args);
    assertEquals(code, 9);
    const left = 'Skipped "link": it is a link, and links are not shared\n';
    assertEquals(stdout, `1 file published\n${left}`, args.join(" "));
  }
  const wrong: [name: string, reason: string][] = [
    ["link", "it is a link, and links are not shared"],
    ["link/", "it is a link, and links are not shared"],
    ["link/deep", "its folder is a link, and links are not shared"],
    ["link/deep/", "its folder is a link, and links are not shared"],
    ["lab/deep/a/", "it is not a folder"],
    ["none/", "no such file in the shared folder"],
  ];
  for (const [name, reason] of wrong) {
    const { code, stderr } = await pub(name);
    assertEquals(code, 3);
    assertStringIncludes(stderr, `Cannot publish "${name}": ${reason}\n`);
  }
});

Deno.test("an index that goes away ends it, with the code for that", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await writeTree(network.home.pathOf("hans/lab"), MANY, 100);
  const { shell } = await network.begin("hans", "pub", "lab");
  await someArePublished(network, shell);
  network.server.kill("SIGSTOP");
  const began = performance.now();
  assertEquals(await shell.ends(), 4, shell.stderr);
  assert(performance.now() - began < GONE_MS);
  assertStringIncludes(shell.stderr, "No answer from the index at ");
  assert(/\(\d+ of 3000 files were published before\)/.test(shell.stderr), shell.stderr);
});

Deno.test("Ctrl-C ends it, and says so", ON_UNIX, async () => {
  await using network = await Network.start();
  await writeTree(network.home.pathOf("hans/lab"), MANY, 100);
  const { shell } = await network.begin("hans", "pub", "lab");
  await someArePublished(network, shell);
  shell.kill("SIGINT");
  assertEquals(await shell.ends(), 130);
  assert(/pub was interrupted \(\d+ of 3000 files/.test(shell.stderr), shell.stderr);
});

Deno.test("an index whose disk is full says so", WITH_MOUNTS, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=256k");
  await using network = await Network.start(FROM_SOURCE, {
    flags: ["--data", `${disk.path}/data.db`],
  });
  await writeTree(network.home.pathOf("hans/lab"), MANY, 100);
  const { code, stderr } = await network.once("hans", "pub", "lab");
  assertEquals(code, 8);
  assertStringIncludes(stderr, "The index refuses: ");
  assertStringIncludes(stderr, "the disk is full");
});

Deno.test("what is published can be withdrawn when its files are gone", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { shell, folder } = await network.join("hans");
  await writeTree(`${folder}/lab`, 3, 100);
  await Deno.writeTextFile(`${folder}/a`, "a");
  await shell.ask("pub lab", "3 files published\n");
  await shell.ask("pub a", "File published successfully\n");
  await Deno.remove(`${folder}/lab`, { recursive: true });
  await Deno.remove(`${folder}/a`);
  network.server.kill("SIGSTOP");
  await shell.type("unp lab/");
  await shell.warns("No answer from the index");
  network.server.kill("SIGCONT");
  await shell.ask("unp lab/", "3 files unpublished\n");
  await shell.ask("unp a", "File unpublished successfully\n");
  await shell.ask("lpf", "No files published\n");
});

/** Waits until the server has been told of some files, and not of all. */
async function someArePublished({ server }: Network, client: Program): Promise<void> {
  await server.shows('"verb":"pub"').catch((error) => {
    throw new Error(`${client.stderr}`, { cause: error });
  });
}

Deno.test(
  "what --exclude names, or --include does not, is not published",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const folder = network.home.pathOf("hans/lab");
    await Deno.mkdir(`${folder}/secret`, { recursive: true });
    for (const name of ["a.txt", "b.pdf", "secret/key.txt"]) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }
    const published = async (...args: string[]) => {
      const { code, stdout } = await network.once("hans", "pub", "--json", ...args);
      assertEquals(code, 0, stdout);
      const { published, ignored } = lastObject(stdout);
      return [published, ignored];
    };
    assertEquals(await published("lab", "--exclude", "secret/", "--exclude", "*.pdf"), [
      ["lab/a.txt"],
      2,
    ]);
    assertEquals(await published("lab/**", "--exclude", "secret/", "--include", "*.txt"), [
      ["lab/a.txt"],
      2,
    ]);
    const list = await network.once("hans", "lpf");
    assertEquals(list.stdout, "1 file published:\nlab/a.txt\n");
  },
);
