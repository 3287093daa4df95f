/**
 * Both install scripts know the same files as the archives, and the same words. PowerShell itself is
 * not on the systems of the tests: GitHub's trial of a release runs its archive, and not this script.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { manualPlaces } from "../../release/manual_files.ts";
import { PROGRAMS, TARGETS } from "../../release/targets.ts";
import { installedFiles } from "../support/fake_release.ts";
import { MAY_USE_DISK } from "../support/permission.ts";

const FOLDER = fromFileUrl(new URL("../../release/", import.meta.url));
const WITH_DISK = { ignore: !MAY_USE_DISK };

Deno.test("install.ps1 installs what is in the archive for Windows", WITH_DISK, async () => {
  const script = await Deno.readTextFile(`${FOLDER}install.ps1`);
  const [, list = ""] = /^\$Files = @\((.*?)^\)/ms.exec(script)!;
  const files = [...list.matchAll(/'([^']+)'/g)].map(([, path]) => path!.replaceAll("\\", "/"));
  const programs = PROGRAMS.map((name) => `bin/${name}.exe`);
  assertEquals(files.sort(), [...programs, ...pathsOf("windows")].sort());
  assertStringIncludes(script, TARGETS.find(({ archive }) => archive === "zip")!.triple);
});

Deno.test("install.sh installs what is in the archives for others", () => {
  const files = PROGRAMS.flatMap(installedFiles);
  const programs = PROGRAMS.map((name) => `bin/${name}`);
  assertEquals(files.sort(), [...programs, ...pathsOf("posix")].sort());
});

Deno.test("both understand the same variables, and are told the same page", WITH_DISK, async () => {
  for (const name of ["install.sh", "install.ps1"]) {
    const script = await Deno.readTextFile(`${FOLDER}${name}`);
    for (const word of ["BITTRICKLE_INSTALL", "BITTRICKLE_VERSION", "BITTRICKLE_RELEASES"]) {
      assertStringIncludes(script, word);
    }
    assertEquals(script.split("@RELEASES@").length, 2, name);
    assert(/^[\x20-\x7e\n]*$/.test(script), `${name} is not ASCII, which Windows misreads`);
  }
});

function pathsOf(system: "posix" | "windows"): string[] {
  return manualPlaces(system).map(({ path }) => path);
}
