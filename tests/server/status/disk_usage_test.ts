import { assert, assertEquals } from "@std/assert";
import { DiskUsage } from "../../../lib/server/status/disk_usage.ts";
import { may, MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("the data file counts with its log", { ignore: !MAY_USE_DISK }, async () => {
  await using folder = await TempFolder.make();
  const disk = new DiskUsage(await folder.write("a.db", "12345"));
  assertEquals([disk.dataBytes, disk.freeBytes], [0, undefined], "nobody has asked the disk");
  await disk.refresh();
  assertEquals(disk.dataBytes, 5);
  await folder.write("a.db-wal", "123");
  await disk.refresh();
  assertEquals(disk.dataBytes, 8);
  assertEquals((disk.freeBytes ?? 0) > 0, may("sys"));
});

Deno.test("a disk that is gone is no fault of the status", { ignore: !MAY_USE_DISK }, async () => {
  const disk = new DiskUsage("/nonexistent/a.db");
  await disk.refresh();
  assertEquals([disk.dataBytes, disk.freeBytes], [0, undefined]);
});

Deno.test("without a data file there is nothing to tell", async () => {
  const disk = new DiskUsage(undefined);
  await disk.refresh();
  assert(disk.dataBytes === 0 && disk.freeBytes === undefined);
});
