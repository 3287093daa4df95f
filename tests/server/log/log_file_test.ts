import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { LogFile } from "../../../lib/server/log/log_file.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
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
