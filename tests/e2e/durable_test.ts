import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { ReferenceClient } from "../reference/plain_client.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { TestSession } from "../support/test_session.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";
import { waitFor } from "../support/wait_for.ts";

const SAVED = "File published successfully";
const REASON = "the index cannot save this: the disk is full";

/** How many publications the index says that the asker has. */
async function countAt(client: ReferenceClient): Promise<number> {
  return parseInt(await client.ask("lpf"));
}

/** Publishes until the index refuses; returns how often it did not, and what it said then. */
async function fillUp(client: ReferenceClient, prefix: string): Promise<[number, string]> {
  for (let count = 0;; count++) {
    const answer = await client.ask("pub", `${prefix}-${count}`);
    if (answer !== SAVED) return [count, answer];
  }
}

Deno.test(
  "what was published by somebody who left is there after a crash, with its size",
  { ignore: !MAY_RUN },
  async () => {
    await using network = await Network.start();
    const hans = await network.join("hans");
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "seven b");
    await hans.shell.ask("pub a.txt", SAVED);
    await hans.shell.ask("xit", "Goodbye!");
    await network.restartServer();
    const { stdout, code } = await network.once("vader", "lpf", "hans");
    assertEquals([code, stdout], [0, "1 file published:\na.txt\n"]);
    const { stdout: lines } = await network.administer("data", "export");
    assertMatch(
      lines,
      /^{"v":2,.*}\n{"user":"hans","share":"[0-9a-f]{16}","name":"a.txt","size":7,"id":".*"}\n$/,
    );
  },
);

Deno.test(
  "a server tells the same catalogue after a restart, and another one of another data file",
  { ignore: !MAY_RUN },
  async () => {
    await using network = await Network.start();
    const catalogue = async () => {
      const index = network.address;
      await using hans = await TestSession.join(index, "hans");
      return hans.session.catalogue;
    };
    const id = await catalogue();
    assertMatch(id!, /^[0-9a-f]{16}$/);
    await network.restartServer();
    assertEquals(await catalogue(), id);
    for (const end of ["", "-wal", "-shm"]) {
      await Deno.remove(network.home.pathOf(`bittrickle.db${end}`));
    }
    await network.restartServer();
    const other = await catalogue();
    assertMatch(other!, /^[0-9a-f]{16}$/);
    assertNotEquals(other, id);
  },
);

Deno.test("a server with --data :memory: forgets", { ignore: !MAY_RUN }, async () => {
  await using network = await Network.start(FROM_SOURCE, { flags: ["--data", ":memory:"] });
  const before = new ReferenceClient(network.port);
  await before.login("hans", "pw-hans");
  assertEquals(await before.ask("pub", "a.txt"), SAVED);
  await before.close();
  await network.restartServer();
  const after = new ReferenceClient(network.port);
  await after.login("hans", "pw-hans");
  assertEquals(await after.ask("lpf"), "No files published");
  await after.close();
  assert(!(await network.home.names()).includes("bittrickle.db"));
});

Deno.test("a server on a full disk says so, goes on, and recovers by itself", {
  ignore: !CAN_MOUNT,
}, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(folder.path, "size=512k");
  await Deno.writeFile(`${disk.path}/filler`, new Uint8Array(128 * 1_024));
  const flags = ["--data", `${disk.path}/a.db`];
  await using network = await Network.start(FROM_SOURCE, { flags });
  const address = network.address;
  const hans = new ReferenceClient(network.port);
  await hans.login("hans", "pw-hans");
  const [first, refusal] = await fillUp(hans, "first");
  assertEquals(refusal, `Error: ${REASON}`);
  assertEquals(await countAt(hans), first, "it reads, and shows what it confirmed");
  {
    await using vader = await TestSession.join(address, "vader");
    const pub = () => vader.ask({ verb: "pub", name: "x" });
    await assertRejects(pub, BitTrickleError, `The index refuses: ${REASON}`);
    assertEquals(await vader.ask({ verb: "sch", text: "first-0" }), ["first-0"]);
  }
  await Deno.remove(`${disk.path}/filler`);
  const [second] = await fillUp(hans, "second");
  assert(second > 5);
  const countInLog = (event: string) => network.server.stdout.split(`"${event}"`).length - 1;
  await waitFor("the log", () => countInLog("unsaved") >= 2);
  assertEquals([countInLog("unsaved"), countInLog("saved")], [2, 1], "told once each time");
  await hans.close();
  await network.restartServer();
  const again = new ReferenceClient(network.port);
  await again.login("hans", "pw-hans");
  assertEquals(await countAt(again), first + second);
  await again.close();
});

Deno.test("a server that cannot use its data does not start", { ignore: !MAY_RUN }, async () => {
  await using network = await Network.start();
  const start = async (path: string) => {
    const command = [...FROM_SOURCE.server, "0", "--data", path];
    await using server = new Program(command, { cwd: network.home.path });
    return [await server.ends(), server.stderr] as const;
  };
  const [inUse, useReason] = await start("bittrickle.db");
  assertStringIncludes(useReason, "another server, or an import, is using it");
  const [foreign, foreignReason] = await start("credentials.txt");
  assertStringIncludes(foreignReason, "it is not a file of BitTrickle");
  assertEquals([inUse, foreign], [7, 7]);
});
