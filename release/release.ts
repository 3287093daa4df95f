/**
 * Makes the files of a release, one after the other.
 *
 * @module
 */

import { join } from "@std/path";
import { compilePrograms, tryPrograms } from "./compile.ts";
import { debianVersion, debOf } from "./deb.ts";
import { debianPackage } from "./debian_files.ts";
import { below, type Entry, textEntry } from "./entries.ts";
import { manualFiles } from "./manual_files.ts";
import { importedPackages, licencesOf, lockedPackages } from "./packages.ts";
import { billOf } from "./sbom.ts";
import type { SourceTree } from "./source_tree.ts";
import { tarGzOf } from "./tar.ts";
import { PROGRAMS, type Target } from "./targets.ts";
import { zipOf } from "./zip.ts";

/** What stands in the install scripts for the page of releases. */
const PAGE_MARK = "@RELEASES@";

/** A file of a release. */
export interface ReleaseFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/**
 * The archive for `target`, and the package for Debian if there is one.
 *
 * @returns why they cannot be made here, if the runtime for `target` cannot be had
 */
export async function targetFiles(
  tree: SourceTree,
  target: Target,
): Promise<ReleaseFile[] | string> {
  const folder = await Deno.makeTempDir({ prefix: "bittrickle-programs-" });
  try {
    const reason = await compilePrograms(tree, target, folder);
    if (reason !== undefined) return reason;
    await tryPrograms(tree, target, folder);
    const system = target.archive === "zip" ? "windows" : "posix";
    const files = [...await programsIn(folder, target), ...await manualFiles(tree, system)];
    return [await archiveOf(tree, target, files), ...await packagesOf(tree, target, files)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What there is once in a release: the bill of materials, install scripts, and what it is. */
export async function commonFiles(
  tree: SourceTree,
  releases: string | null,
): Promise<ReleaseFile[]> {
  const { version } = tree.config;
  const { hash: commit, date } = tree.commit;
  const description = { version, date, commit, deno: Deno.version.deno };
  const scripts = ["install.sh", "install.ps1"].map(async (name) => {
    const text = await tree.read(`release/${name}`);
    return textFile(name, text.replaceAll(PAGE_MARK, releases ?? ""));
  });
  return [
    textFile(`bittrickle-${version}.cdx.json`, jsonOf(await bill(tree))),
    textFile("release.json", jsonOf(description)),
    ...await Promise.all(scripts),
  ];
}

/** The list by which the others are checked, as `sha256sum` writes it. */
export async function checksumsOf(files: readonly ReleaseFile[]): Promise<ReleaseFile> {
  const sorted = files.toSorted((a, b) => a.name < b.name ? -1 : 1);
  const lines = sorted.map(async ({ name, content }) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    return `${digest.toHex()}  ${name}\n`;
  });
  return textFile("SHA256SUMS", (await Promise.all(lines)).join(""));
}

async function programsIn(folder: string, { suffix }: Target): Promise<Entry[]> {
  return await Promise.all(PROGRAMS.map(async (program) => {
    const content = await Deno.readFile(join(folder, `${program}${suffix}`));
    return { path: `bin/${program}${suffix}`, content, isExecutable: true };
  }));
}

async function archiveOf(
  tree: SourceTree,
  { triple, archive }: Target,
  files: readonly Entry[],
): Promise<ReleaseFile> {
  const { config: { version }, commit: { seconds } } = tree;
  const texts = ["README.md", "LICENSE", "CHANGELOG.md"].map(async (path) => {
    return textEntry(path, await tree.read(path));
  });
  const name = `bittrickle-${version}-${triple}`;
  const entries = below(`${name}/`, [...files, ...await Promise.all(texts)]);
  const pack = archive === "zip" ? zipOf : tarGzOf;
  return { name: `${name}.${archive}`, content: await pack(entries, seconds) };
}

async function packagesOf(
  tree: SourceTree,
  { debian }: Target,
  files: readonly Entry[],
): Promise<ReleaseFile[]> {
  if (debian === undefined) return [];
  const parts = await debianPackage(tree, debian, files);
  const name = `bittrickle_${debianVersion(tree.config.version)}_${debian}.deb`;
  return [{ name, content: await debOf(parts, tree.commit.seconds) }];
}

async function bill(tree: SourceTree) {
  const packages = await lockedPackages(tree);
  return billOf({
    version: tree.config.version,
    commit: tree.commit.hash,
    seconds: tree.commit.seconds,
    deno: Deno.version.deno,
    packages,
    imported: await importedPackages(tree),
    licences: await licencesOf(tree),
  });
}

function textFile(name: string, text: string): ReleaseFile {
  return { name, content: new TextEncoder().encode(text) };
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
