import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { LogFile } from "../../../lib/server/log/log_file.ts";
import { ServerLog } from "../../../lib/server/log/server_log.ts";
import { MAY_RUN, MAY_USE_DISK } from "../../support/permission.ts";
import { systemCommand } from "../../support/system_command.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";
import { waitFor } from "../../support/wait_for.ts";

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

Deno.test("a log counts exactly the lines that a full disk has cost", WITH_DISK, async () => {
  await using folder = await TempFolder.make();
  const home = await folder.makeFolder("disk");
  await using disk = await TinyDisk.mount(home, "size=64k");
  const path = `${home}/log`;
  using file = new LogFile(path, 0o640);
  const heard: unknown[] = [];
  const sink = (lines: Uint8Array) => file.append(lines);
  const from = { hostname: "127.0.0.1", port: 1 };
  const size = async () => (await Deno.stat(path)).size;
  const saved = (times: number) => {
    for (let i = 0; i < times; i++) log.write({ kind: "saved", from }, "operator");
  };
  await using log = new ServerLog("text", sink, {
    onFault: () => void heard.push("fault"),
    onRecovery: (lines) => void heard.push(lines),
  });
  saved(1);
  await waitFor("the first line", async () => await size() > 0);
  disk.fill();
  saved(500);
  await waitFor("the fault", () => heard.length === 1);
  disk.free();
  saved(1);
  await waitFor("the count", () => heard.length === 2);
  await waitFor("the last line", async () => (await Deno.readTextFile(path)).endsWith("again\n"));
  const text = await Deno.readTextFile(path);
  const kept = text.match(/: Can save again$/gm)!.length;
  assertEquals(heard, ["fault", 502 - kept]);
  assert(text.includes(`: ${502 - kept} lines could not be written here\n`), text);
});
