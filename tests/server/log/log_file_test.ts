import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { LogFile } from "../../../lib/server/log/log_file.ts";
import { MAY_RUN, MAY_USE_DISK } from "../../support/permission.ts";
import { systemCommand } from "../../support/system_command.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const WITH_PIPES = { ignore: !MAY_RUN || Deno.build.os === "windows" };
const WITH_DISK = { ignore: !CAN_MOUNT };
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a log goes on in a new file once it is opened anew", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("log", "before\n");
  using file = new LogFile(path, 0o640);
  await file.append(bytes("a\n"));
  await Deno.rename(path, `${path}.1`);
  const underWay = file.append(bytes("b\n"));
  file.reopen();
  await underWay;
  await file.append(bytes("c\n"));
  const read = (name: string) => Deno.readTextFile(folder.pathOf(name));
  // What is under way goes to one of them, whole.
  const [old, fresh] = [await read("log.1"), await read("log")];
  assertEquals(old + fresh, "before\na\nb\nc\n");
  assertEquals(fresh.endsWith("c\n"), true);
});

Deno.test("a log that cannot be opened anew is written on", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("log");
  using file = new LogFile(path, 0o640);
  await Deno.rename(path, `${path}.1`);
  await Deno.mkdir(path);
  assertThrows(() => file.reopen(), BitTrickleError, "Cannot write the log");
  await file.append(bytes("a\n"));
  assertEquals(await Deno.readTextFile(`${path}.1`), "a\n");
});

Deno.test("a named pipe is no log: nobody may be waited for", WITH_PIPES, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("log");
  using file = new LogFile(path, 0o640);
  await Deno.rename(path, `${path}.1`);
  await systemCommand("mkfifo", path);
  assertThrows(() => file.reopen(), BitTrickleError, `log": it is a named pipe`);
  assertThrows(() => new LogFile(path, 0o640), BitTrickleError, `log": it is a named pipe`);
  await file.append(bytes("a\n"));
  assertEquals(await Deno.readTextFile(`${path}.1`), "a\n");
});

Deno.test("a line that a full disk cuts off does not spoil the next one", WITH_DISK, async () => {
  await using folder = await TempFolder.make();
  const home = await folder.makeFolder("disk");
  await using disk = await TinyDisk.mount(home, "size=64k");
  const path = `${home}/log`;
  await Deno.writeTextFile(path, "first\n");
  using file = new LogFile(path, 0o640);
  disk.fill();
  await assertRejects(() => file.append(bytes(`${"x".repeat(10_000)}\n`)));
  disk.free();
  await file.append(bytes("last\n"));
  const lines = (await Deno.readTextFile(path)).split("\n");
  assertEquals([lines[0], lines.at(-2), lines.at(-1)], ["first", "last", ""]);
});
