/**
 * Names that people type as paths.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { BitTrickleError } from "../../../lib/errors.ts";
import { nameIn } from "../../../lib/peer/share/typed_name.ts";
import { realPathOf } from "../../../lib/peer/share/place.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const NAMES = [
  ["a.txt", "a.txt"],
  ["lab/", "lab/"],
  ["./a.txt", "a.txt"],
  [".//lab/", "lab/"],
  ["lab/../a", "a"],
  ["lab/./a", "lab/a"],
  ["./", "."],
  [".", "."],
  ["/share/a", "a"],
  ["/share/lab/", "lab/"],
  ["/share", "."],
  ["/share/lab/*.pdf", "lab/*.pdf"],
  ["..a", "..a"],
  ["e\u0301", "\u00e9"],
] as const;

for (const [typed, name] of NAMES) {
  Deno.test(`${typed} means ${name}`, () => {
    assertEquals(nameIn("/share", typed), name);
  });
}

for (
  const typed of ["..", "../a", "/etc/passwd", "/", "/share2/a", "/share/../etc", "lab/../../a"]
) {
  Deno.test(`${typed} is not in the folder, and that is said`, () => {
    const error = assertThrows(() => nameIn("/share", typed), BitTrickleError, "/share");
    assertEquals(error.code, "usage");
  });
}

Deno.test("a path through a link into the folder is in it", { ignore: !MAY_USE_DISK }, async () => {
  await using home = await TempFolder.make();
  await Deno.mkdir(home.pathOf("share"));
  await Deno.symlink(home.pathOf("share"), home.pathOf("link"));
  const folder = realPathOf(home.pathOf("share"));
  assertEquals(nameIn(folder, home.pathOf("link/a.txt")), "a.txt");
  assertEquals(nameIn(folder, home.pathOf("link/gone/a.txt")), "gone/a.txt");
  assertEquals(nameIn(folder, home.pathOf("link/lab*/**")), "lab*/**");
  await Deno.symlink("/etc/passwd", join(folder, "outside"));
  // What it leads to is refused by whoever opens it.
  assertEquals(nameIn(folder, join(folder, "outside")), "outside");
});
