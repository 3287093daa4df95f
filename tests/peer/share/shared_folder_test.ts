import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { SharedFolder } from "../../../lib/peer/share/shared_folder.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

async function fault(
  shared: SharedFolder,
  name: string,
): Promise<[code: string, message: string]> {
  const { code, message } = await assertRejects(() => shared.check(name), BitTrickleError);
  return [code, message];
}

Deno.test("check() accepts a regular file of the folder", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.write("a.txt", "a");
  await new SharedFolder(folder.path).check("a.txt");
});

Deno.test("check() says what is wrong with a file", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const secret = await folder.write(".secret", "s");
  await folder.makeFolder("sub");
  await Deno.symlink(secret, folder.pathOf("link"));
  const shared = new SharedFolder(folder.path);
  assertEquals(await fault(shared, "none"), [
    "not_found",
    "no such file in the shared folder",
  ]);
  assertEquals(await fault(shared, "sub"), [
    "not_found",
    "it is not a regular file",
  ]);
  assertEquals(await fault(shared, "link"), [
    "not_found",
    "it is a link, and links are not shared",
  ]);
  assertEquals((await fault(shared, "../x"))[0], "usage");
  assertEquals((await fault(shared, ".secret"))[0], "usage");
});

Deno.test("open() refuses a pipe without waiting for its writer", {
  ignore: !MAY_USE_DISK || Deno.permissions.querySync({ name: "run" }).state !== "granted" ||
    Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  await new Deno.Command("mkfifo", { args: [folder.pathOf("pipe")] }).output();
  const error = await assertRejects(
    () => new SharedFolder(folder.path).open("pipe"),
    BitTrickleError,
  );
  assertEquals(error.message, "it is not a regular file");
});
