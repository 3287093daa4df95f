/**
 * A server whose disk answers no more, as one on a network whose other end is gone.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ReferenceClient } from "../reference/plain_client.ts";
import { typedIndex } from "../support/host.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { systemCommand } from "../support/system_command.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT_FILES, FailingDisk } from "../support/tiny_disk.ts";
import { CREDENTIALS } from "../support/users.ts";

const CAN_FREEZE = CAN_MOUNT_FILES && MAY_RUN && await hasFreezing();
/** What a server gives a disk, and some more. */
const PATIENCE_MS = 12_000;

async function hasFreezing(): Promise<boolean> {
  const look = new Deno.Command("fsfreeze", { args: ["--version"], stdout: "null" });
  return await look.output().then(({ success }) => success, () => false);
}

for (
  const [what, publishes] of [["while it saves", true], ["while nothing happens", false]] as const
) {
  Deno.test(`a server stops though its disk hangs ${what}`, {
    ignore: !CAN_FREEZE,
  }, async () => {
    await using folder = await TempFolder.make();
    const home = await folder.makeFolder("disk");
    await using _ = await FailingDisk.mount(folder.pathOf("disk.img"), home);
    await folder.write("credentials.txt", CREDENTIALS);
    const command = [
      ...FROM_SOURCE.server,
      typedIndex(0),
      "--data",
      `${home}/index.db`,
      "--log",
      "json",
    ];
    {
      await using server = new Program(command, { cwd: folder.path });
      await server.shows("\n");
      const client = new ReferenceClient(JSON.parse(server.stdout.split("\n")[0]!).port);
      await client.login("yoda", "pw-yoda");
      if (publishes) {
        assertEquals(await client.ask("pub", "kept"), "File published successfully");
      }
      const frozen = await Frozen.freeze(home);
      try {
        const hanging = publishes ? client.ask("pub", "hanging") : undefined;
        hanging?.then(() => assert(false, "it is acknowledged"));
        await client.close();
        const since = performance.now();
        server.kill("SIGTERM");
        await server.warns("the disk has not answered for 8 s");
        assert(performance.now() - since < PATIENCE_MS);
      } finally {
        await frozen.thaw();
      }
      const { code, stderr } = await server.finish();
      assertEquals(code, 7);
      assertStringIncludes(stderr, "Whatever was acknowledged is kept");
    }
    await using again = new Program([
      ...FROM_SOURCE.server,
      "data",
      "export",
      `--data=${home}/index.db`,
    ], { cwd: folder.path });
    const { stdout } = await again.finish();
    assertEquals(stdout.includes('"kept"'), publishes);
  });
}

/** A disk that answers nobody who writes. */
class Frozen {
  private constructor(private readonly path: string) {}

  static async freeze(path: string): Promise<Frozen> {
    await systemCommand("fsfreeze", "--freeze", path);
    return new Frozen(path);
  }

  async thaw(): Promise<void> {
    await systemCommand("fsfreeze", "--unfreeze", this.path);
  }
}
