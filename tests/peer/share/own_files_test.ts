/**
 * What a client keeps for itself, wherever that lies.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { FileMemory } from "../../../lib/peer/share/file_memory.ts";
import { IgnoreRules } from "../../../lib/peer/share/ignore_rules.ts";
import { ownNames, sharedFolderAt } from "../../../lib/peer/share/own_files.ts";
import { PublishedFiles } from "../../../lib/peer/share/published_files.ts";
import { SharedFolder } from "../../../lib/peer/share/shared_folder.ts";
import { HASHER } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("files are found by their paths, with links and without", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  await folder.makeFolder("x");
  await folder.write("x/secret", "");
  await Deno.symlink("x", folder.pathOf("y"));
  await Deno.symlink("x/secret", folder.pathOf("link"));
  const names = (...paths: string[]) => ownNames(folder.path, paths.map((it) => folder.pathOf(it)));
  assertEquals(names("x/secret"), ["x/secret"]);
  assertEquals(names("link"), ["x/secret", "link"]);
  assertEquals(names("y/secret"), ["x/secret"]);
  assertEquals(names("x/none", "../outside"), ["x/none"]);
  assertEquals(names("."), [""], "all of it");
  const shared = sharedFolderAt(folder.path, [folder.pathOf("x/secret")]);
  const error = await assertRejects(() => shared.check("x/secret"), BitTrickleError);
  assertEquals(error.code, "usage");
});

Deno.test({ name: "no pattern and no file brings them back", permissions: "none" }, () => {
  const rules = IgnoreRules.of({ own: ["x/own"], include: ["own"] }).below("", "!own\n");
  const isOut = (name: string, isFolder = false) => rules.leaveOut(name, isFolder);
  assertEquals([isOut("x/own"), isOut("x/own", true), isOut("x/own/below")], [true, true, true]);
  assertEquals([isOut("own"), isOut("x/owner", true)], [false, false]);
  assertEquals(IgnoreRules.of({ own: [""] }).leaveOut("x", true), true);
});

Deno.test("what was published of them before is not served", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  await folder.write("secret", "pw");
  using memory = FileMemory.inMemory();
  const filesWith = (own: string[]) => {
    const files = new PublishedFiles(new SharedFolder(folder.path, own), memory, HASHER);
    files.enter("here");
    return files;
  };
  const files = filesWith([]);
  const details = await files.details("secret", true);
  files.put({ name: "secret", details, isTold: true });
  const content = { id: details.id!, size: details.size };
  assertEquals(files.withContent(content)?.name, "secret");
  assertEquals(filesWith(["secret"]).withContent(content), undefined);
});
