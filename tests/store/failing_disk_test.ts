import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { BitTrickleError } from "../../lib/errors.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { foldOf } from "../support/journals.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, CAN_MOUNT_FILES, FailingDisk, TinyDisk } from "../support/tiny_disk.ts";

const DETAILS = { size: 1, id: "ab".repeat(32) };

Deno.test({
  name: "a full disk refuses what it cannot keep, loses nothing, and takes more when there is room",
  ignore: !CAN_MOUNT,
}, async () => {
  await using folder = await TempFolder.make();
  const home = await folder.makeFolder("disk");
  await using _ = await TinyDisk.mount(home, "size=512k");
  await Deno.writeFile(`${home}/filler`, new Uint8Array(128 * 1_024));
  const news: string[] = [];
  const kept: string[] = [];
  {
    await using journal = new SqliteJournal(`${home}/a.db`, {
      onFault: (reason) => news.push(reason),
      onRecovery: () => news.push("recovered"),
    });
    const publish = async (name: string) => {
      await journal.append({ kind: "publish", user: "hans", name, details: DETAILS });
      kept.push(`hans ${name} 1 ${DETAILS.id}`);
    };
    const fillUp = async (prefix: string) => {
      for (let i = 0;; i++) await publish(`${prefix} ${i}`);
    };
    const full = await assertRejects(() => fillUp("first"), BitTrickleError, "the disk is full");
    assertEquals([full.code, news], ["disk", ["the disk is full"]]);
    assert(kept.length > 20);
    const refused = await Promise.allSettled(["x", "y", "z"].map(publish));
    assert(refused.every(({ status }) => status === "rejected"));
    assertEquals(news, ["the disk is full"], "told once");
    assertEquals(foldOf(journal), kept.toSorted());
    await Deno.remove(`${home}/filler`);
    await assertRejects(() => fillUp("second"), BitTrickleError, "the disk is full");
    assertEquals(news, ["the disk is full", "recovered", "the disk is full"]);
    assert(kept.some((file) => file.includes("second 5")));
  }
  await using journal = new SqliteJournal(`${home}/a.db`);
  assertEquals(foldOf(journal), kept.toSorted());
});

Deno.test({
  name: "a disk that turns read-only takes nothing more, and loses nothing",
  ignore: !CAN_MOUNT_FILES,
}, async () => {
  await using folder = await TempFolder.make();
  const home = await folder.makeFolder("disk");
  const news: string[] = [];
  await using disk = await FailingDisk.mount(folder.pathOf("disk.img"), home);
  const kept = ["hans a - -", "hans b - -"];
  {
    await using journal = new SqliteJournal(`${home}/a.db`, {
      onFault: (reason) => news.push(reason),
      onRecovery: () => news.push("recovered"),
    });
    const publish = (name: string) => journal.append({ kind: "publish", user: "hans", name });
    await publish("a");
    await publish("b");
    await disk.fail();
    for (const name of ["c", "d"]) {
      await assertRejects(() => publish(name), BitTrickleError, "the disk fails");
    }
    assertEquals(news, ["the disk fails"], "told once");
    assertEquals(foldOf(journal), kept);
  }
});

Deno.test({
  name: "another program that writes to the file delays saving, and is named after a while",
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  await using journal = new SqliteJournal(path);
  const publish = (name: string) => journal.append({ kind: "publish", user: "hans", name });
  using other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  await assertRejects(() => publish("a"), BitTrickleError, "another program is writing to it");
  other.exec("ROLLBACK");
  await publish("b");
  assertEquals(foldOf(journal), ["hans b - -"]);
});

Deno.test({
  name: "nothing is saved to a data file that was moved away, until it is back",
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  await using journal = new SqliteJournal(path);
  const publish = (name: string) => journal.append({ kind: "publish", user: "hans", name });
  const isRefused = async (name: string) => {
    await assertRejects(() => publish(name), BitTrickleError, "was moved or removed");
  };
  await Deno.rename(path, `${path}.away`);
  await isRefused("a");
  await Deno.rename(`${path}.away`, path);
  await publish("b");
  await Deno.rename(path, `${path}.away`);
  await isRefused("c");
  await Deno.writeTextFile(path, "");
  await isRefused("d");
  await Deno.rename(`${path}.away`, path);
  await publish("e");
  assertEquals(foldOf(journal), ["hans b - -", "hans e - -"]);
});
