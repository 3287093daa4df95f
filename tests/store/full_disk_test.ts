import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { foldOf } from "../support/journals.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";

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
