/**
 * A client whose memory cannot be used: nothing that was published is lost or served unasked.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const WITH_MOUNTS = { ignore: !CAN_MOUNT };

/** Starts a shell of `hans` again, and lets it go when it has said `notice`; returns all it said. */
async function visit(network: Network, notice: string): Promise<string> {
  const { shell } = await network.rejoin("hans");
  await shell.warns(notice);
  await shell.type("xit");
  await shell.ends();
  return shell.stderr;
}

Deno.test("a state folder that is full costs no publication", WITH_MOUNTS, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=1m");
  await using network = await Network.start();
  await Deno.symlink(disk.path, network.home.pathOf("state"));
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  await hans.shell.type("xit");
  await hans.shell.ends();

  disk.fill();
  const full = await visit(network, "Published, and not served here: a.txt");
  assertStringIncludes(full, "Going on without ");
  const listed = await network.once("vader", "lpf", "hans");
  assertEquals(listed.stdout, "1 file published:\na.txt\n");

  disk.free();
  await visit(network, "Serving again: a.txt");
});

Deno.test(
  "a damaged memory is set aside, and nothing is served unasked",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const hans = await network.join("hans");
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    await hans.shell.type("xit");
    await hans.shell.ends();
    const memory = network.home.pathOf("state/bittrickle/files.db");
    const garbage = "this is no database".repeat(100);
    await Deno.writeTextFile(memory, garbage);

    const { shell } = await network.rejoin("hans");
    await shell.warns("Published, and not served here: a.txt");
    assertStringIncludes(shell.stderr, "was damaged, and is now ");
    await shell.ask("pub a.txt", "File published successfully\n");
    assertEquals((await network.once("vader", "get", "a.txt")).code, 0);
    await shell.type("xit");
    await shell.ends();
    const aside = (await network.home.namesIn("state/bittrickle")).find((name) => {
      return name.startsWith("files.db.damaged-");
    });
    assertEquals(
      await Deno.readTextFile(network.home.pathOf(`state/bittrickle/${aside}`)),
      garbage,
    );
    await visit(network, "Serving again: a.txt");
  },
);
