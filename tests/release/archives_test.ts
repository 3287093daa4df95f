/**
 * Archives and packages, read by the programs of others, and the same whenever they are made.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { debianVersion, debOf } from "../../release/deb.ts";
import { below, textEntry } from "../../release/entries.ts";
import { checksumsOf } from "../../release/release.ts";
import { tarGzOf, tarOf } from "../../release/tar.ts";
import { zipOf } from "../../release/zip.ts";
import { isNewer } from "../../lib/releases/release.ts";
import { canRun } from "../support/permission.ts";
import { systemCommand } from "../support/system_command.ts";
import { TempFolder } from "../support/temp_folder.ts";

const SECONDS = Date.UTC(2026, 10, 27, 12, 34, 56) / 1_000;
const LONG = `${"share/".repeat(15)}vendor_completions.d/bittrickle-client.fish`;
const ENTRIES = below("bittrickle/", [
  textEntry("bin/program", "#!/bin/sh\necho hello\n", true),
  textEntry("empty", ""),
  textEntry(LONG, "long\n"),
  textEntry("a", "x".repeat(512)),
]);
const PATHS = ENTRIES.map(({ path }) => path);
const CONTROL = { Package: "bittrickle", Version: "1.0.0~rc.1", Architecture: "all" };
const PACKAGE = { control: CONTROL, scripts: [], files: ENTRIES };

const kinds = {
  "a compressed tar archive": () => tarGzOf(ENTRIES, SECONDS),
  "a ZIP archive": () => zipOf(ENTRIES, SECONDS),
  "a package for Debian": () => debOf(PACKAGE, SECONDS),
};

for (const [name, make] of Object.entries(kinds)) {
  Deno.test(`${name} of the same files has the same bytes`, async () => {
    const [one, other] = [await make(), await make()];
    assert(one.length > 0);
    assertEquals(one, other);
  });
}

Deno.test("entries are sorted, whatever order they come in", () => {
  assertEquals(PATHS, [...PATHS].sort());
});

Deno.test("a path for which an archive has no place is refused", () => {
  for (const path of ["ü", "a b", "x".repeat(101), `${"x/".repeat(200)}y`, "\n"]) {
    assertThrows(() => tarOf([textEntry(path, "")], SECONDS), RangeError);
  }
});

Deno.test(
  "tar unpacks files, modes and times",
  { ignore: !await canRun("tar", "--version") },
  async () => {
    await using folder = await TempFolder.make();
    const archive = await folder.write("x.tar.gz", await tarGzOf(ENTRIES, SECONDS));
    await systemCommand("tar", "-xzf", archive, "-C", folder.path);
    await assertUnpacked(folder, 0o755);
    const listing = await systemCommand("tar", "--numeric-owner", "-tvzf", archive);
    for (const line of listing.trim().split("\n")) {
      assert(
        /^[-d]\S+ +(0\/0|0 +0) /.test(line),
        line,
      );
    }
  },
);

Deno.test("unzip unpacks files and modes", { ignore: !await canRun("unzip", "-v") }, async () => {
  await using folder = await TempFolder.make();
  const archive = await folder.write("x.zip", await zipOf(ENTRIES, SECONDS));
  await systemCommand("unzip", "-q", archive, "-d", folder.path);
  await assertUnpacked(folder, 0o755);
});

Deno.test(
  "dpkg-deb reads a package",
  { ignore: !await canRun("dpkg-deb", "--version") },
  async () => {
    await using folder = await TempFolder.make();
    const file = await folder.write("x.deb", await debOf(PACKAGE, SECONDS));
    assertEquals(await systemCommand("dpkg-deb", "--field", file, "Version"), "1.0.0~rc.1\n");
    await systemCommand("dpkg-deb", "--extract", file, folder.path);
    await assertUnpacked(folder, 0o755);
  },
);

Deno.test("Debian orders versions as Semantic Versioning does", {
  ignore: !await canRun("dpkg", "--version"),
}, async () => {
  const versions = ["0.9.0", "1.0.0-rc.1", "1.0.0-rc.2", "1.0.0", "1.0.1-rc.1", "1.0.1"];
  for (let i = 1; i < versions.length; i++) {
    const [older, newer] = [versions[i - 1]!, versions[i]!];
    assert(isNewer(newer, older));
    const args = ["--compare-versions", debianVersion(older), "lt", debianVersion(newer)];
    assert(await canRun("dpkg", ...args), `${older} < ${newer}`);
  }
});

Deno.test("sha256sum checks the list of checksums", {
  ignore: Deno.build.os === "windows" || !await canRun("sha256sum", "--version"),
}, async () => {
  await using folder = await TempFolder.make();
  const files = ["b", "a"].map((name) => ({ name, content: new TextEncoder().encode(name) }));
  for (const { name, content } of files) await folder.write(name, content);
  const list = await checksumsOf(files);
  await folder.write(list.name, list.content);
  const command = 'cd "$0" && sha256sum --check --strict SHA256SUMS';
  assertEquals(await systemCommand("sh", "-c", command, folder.path), "a: OK\nb: OK\n");
});

async function assertUnpacked(folder: TempFolder, mode: number): Promise<void> {
  for (const { path, content } of ENTRIES) {
    assertEquals(await Deno.readFile(folder.pathOf(path)), content, path);
  }
  const { mode: found, mtime } = await Deno.stat(folder.pathOf("bittrickle/bin/program"));
  // Windows has none.
  if (found !== null) assertEquals(found & 0o777, mode);
  assertEquals(mtime!.getTime() / 1_000, SECONDS);
}
