/**
 * What there is to know of the packages that the programs use.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { dirname, join, relative } from "@std/path";
import { runCommand } from "./run_command.ts";
import { type LockedPackage, splitName } from "./sbom.ts";
import type { SourceTree } from "./source_tree.ts";

/** The packages of the lock file, by name and version. */
export async function lockedPackages(tree: SourceTree): Promise<Record<string, LockedPackage>> {
  return JSON.parse(await tree.read("deno.lock")).npm;
}

/** The packages that the sources of both programs import, by name and version. */
export async function importedPackages({ folder, config }: SourceTree): Promise<Set<string>> {
  const used = new Set<string>();
  const specifiers = Object.entries(config.imports);
  for await (const { path } of walk(join(folder, "lib"), { includeDirs: false })) {
    if (!path.endsWith(".ts") || path.endsWith(".d.ts")) continue;
    const text = await Deno.readTextFile(path);
    for (const [, name] of text.matchAll(/(?:\bfrom |\bimport |\bimport\()"([^."][^"]*)"/g)) {
      const [, target] = specifiers.find(([key]) => isOf(name!, key)) ?? [];
      if (target !== undefined) used.add(packageOf(target));
    }
  }
  return used;
}

/**
 * Copies the packages of the lock file into the cache of `tree`, all files of the time of its commit:
 * executables hold the times of all files, and those in Deno's own cache tell when they were downloaded.
 */
export async function copyPackages(tree: SourceTree): Promise<void> {
  const { folder: cwd, cache, commit: { seconds } } = tree;
  await runCommand([Deno.execPath(), "install", "--quiet", "--frozen"], { cwd });
  const { denoDir, npmCache } = await places();
  for (const key of Object.keys(await lockedPackages(tree))) {
    const from = await packageFolder(npmCache, key);
    const to = join(cache, "npm", relative(npmCache, from));
    for await (const { path } of walk(from, { includeDirs: false })) {
      const copy = join(to, relative(from, path));
      await Deno.mkdir(dirname(copy), { recursive: true });
      await Deno.copyFile(path, copy);
      await Deno.utime(copy, seconds, seconds);
    }
  }
  // What has been downloaded of Deno itself stays where it is.
  await Deno.mkdir(join(denoDir, "dl"), { recursive: true });
  await Deno.symlink(join(denoDir, "dl"), join(cache, "dl"));
}

/** The licence of each package in the cache of `tree`, as the package itself says. */
export async function licencesOf(tree: SourceTree): Promise<Map<string, string>> {
  const licences = new Map<string, string>();
  for (const key of Object.keys(await lockedPackages(tree))) {
    const folder = await packageFolder(join(tree.cache, "npm"), key);
    const { license } = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
    const licence = typeof license === "string" ? license : license?.type;
    if (licence !== undefined) licences.set(key, licence);
  }
  return licences;
}

/** Where Deno keeps what it has downloaded. */
async function places(): Promise<{ denoDir: string; npmCache: string }> {
  return JSON.parse(await runCommand([Deno.execPath(), "info", "--json"]));
}

/** The folder of a package, whatever registry it came from. */
async function packageFolder(npmCache: string, key: string): Promise<string> {
  for await (const { name: registry } of Deno.readDir(npmCache)) {
    const folder = join(npmCache, registry, ...splitName(key));
    if (await Deno.stat(folder).then(() => true, () => false)) return folder;
  }
  throw new Error(`Deno has not downloaded ${key}`);
}

/** Whether `name` is imported by `key` of the import map; one that ends with `/` is a folder. */
function isOf(name: string, key: string): boolean {
  return key.endsWith("/") ? name.startsWith(key) : name === key;
}

/** `ajv@8.20.0` of `npm:ajv@8.20.0/dist/2020.js`. */
function packageOf(target: string): string {
  return /^npm:\/?((?:@[^/]+\/)?[^/@]+@[^/]+)/.exec(target)![1]!;
}
