/**
 * What there is to know of the packages that the programs use.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { join } from "@std/path";
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

/** The licence of each of `packages`, as the package itself says. */
export async function licencesOf(packages: Iterable<string>): Promise<Map<string, string>> {
  const { npmCache } = JSON.parse(await runCommand([Deno.execPath(), "info", "--json"]));
  const registries = await Array.fromAsync(Deno.readDir(npmCache), ({ name }) => name);
  const licences = new Map<string, string>();
  for (const key of packages) {
    const places = registries.map((it) => join(npmCache, it, ...splitName(key), "package.json"));
    const licence = await licenceIn(places);
    if (licence !== undefined) licences.set(key, licence);
  }
  return licences;
}

async function licenceIn(places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    const text = await Deno.readTextFile(place).catch(() => undefined);
    if (text === undefined) continue;
    const { license } = JSON.parse(text);
    return typeof license === "string" ? license : license?.type;
  }
}

/** Whether `name` is imported by `key` of the import map; one that ends with `/` is a folder. */
function isOf(name: string, key: string): boolean {
  return key.endsWith("/") ? name.startsWith(key) : name === key;
}

/** `ajv@8.20.0` of `npm:ajv@8.20.0/dist/2020.js`. */
function packageOf(target: string): string {
  return /^npm:\/?((?:@[^/]+\/)?[^/@]+@[^/]+)/.exec(target)![1]!;
}
