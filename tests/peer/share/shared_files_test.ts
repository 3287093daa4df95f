import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { type Identity, SharedFiles } from "../../../lib/peer/share/shared_files.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

async function fault(
  sharedFiles: SharedFiles,
  name: string,
): Promise<[code: string, message: string]> {
  const { code, message } = await assertRejects(() => sharedFiles.check(name), BitTrickleError);
  return [code, message];
}

Deno.test("check() accepts a regular file of the folder", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.write("a.txt", "a");
  await new SharedFiles(folder.path).check("a.txt");
});

Deno.test("check() says what is wrong with a file", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const secret = await folder.write(".secret", "s");
  await folder.makeFolder("sub");
  await Deno.symlink(secret, folder.pathOf("link"));
  const sharedFiles = new SharedFiles(folder.path);
  assertEquals(await fault(sharedFiles, "none"), [
    "not_found",
    "no such file in the shared folder",
  ]);
  assertEquals(await fault(sharedFiles, "sub"), [
    "not_found",
    "it is not a regular file",
  ]);
  assertEquals(await fault(sharedFiles, "link"), [
    "not_found",
    "it is a link, and links are not shared",
  ]);
  assertEquals((await fault(sharedFiles, "../x"))[0], "usage");
  assertEquals((await fault(sharedFiles, ".secret"))[0], "usage");
});

Deno.test("open() refuses a pipe without waiting for its writer", {
  ignore: !MAY_USE_DISK || Deno.permissions.querySync({ name: "run" }).state !== "granted" ||
    Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  await new Deno.Command("mkfifo", { args: [folder.pathOf("pipe")] }).output();
  const error = await assertRejects(
    () => new SharedFiles(folder.path).open("pipe"),
    BitTrickleError,
  );
  assertEquals(error.message, "it is not a regular file");
});

Deno.test({ name: "SharedFiles knows its names", permissions: "none" }, () => {
  const sharedFiles = new SharedFiles(".");
  sharedFiles.add("b");
  sharedFiles.add("a");
  sharedFiles.add("a");
  assertEquals(sharedFiles.names, ["a", "b"]);
  sharedFiles.remove("b");
  assertEquals([sharedFiles.has("a"), sharedFiles.has("b")], [true, false]);
});

Deno.test(
  { name: "SharedFiles tells contents of one id apart by their sizes", permissions: "none" },
  () => {
    const sharedFiles = new SharedFiles(".");
    const id = "ab".repeat(32);
    const identityOf = (size: number) => {
      return { id, layer: new Uint8Array(), state: { size, modified: 0n } } as Identity;
    };
    sharedFiles.add("hashes", identityOf(64));
    sharedFiles.add("large", identityOf(2_000_000));
    assertEquals(sharedFiles.withContent({ id, size: 64 })?.name, "hashes");
    assertEquals(sharedFiles.withContent({ id, size: 2_000_000 })?.name, "large");
    assertEquals(sharedFiles.withContent({ id, size: 5 }), undefined);
    sharedFiles.remove("hashes");
    assertEquals(sharedFiles.withContent({ id, size: 64 }), undefined);
  },
);
