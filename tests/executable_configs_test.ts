/**
 * What executables are compiled with: the packages that each program imports and no others, as all that
 * a configuration names are embedded; and in all else what `deno.json` says.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { MAY_USE_DISK } from "./support/permission.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const PROGRAMS = ["client", "server"] as const;

/** Imports as this code writes them, whole or when they are needed. */
const SPECIFIERS = /(?:\bfrom |\bimport |\bimport\(\s*)"([^"]+)"/g;

interface Config {
  readonly unstable: readonly string[];
  readonly imports: Readonly<Record<string, string>>;
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly tasks: Readonly<Record<string, string>>;
}

async function readConfig(path: string): Promise<Config> {
  return JSON.parse(await Deno.readTextFile(join(ROOT, path)));
}

/** The bare specifiers in the files at `paths` and in all that they import. */
async function packagesIn(paths: readonly string[]): Promise<Set<string>> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const open = [...paths];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path) || !path.endsWith(".ts")) continue;
    seen.add(path);
    for (const [, specifier = ""] of (await Deno.readTextFile(path)).matchAll(SPECIFIERS)) {
      if (specifier.startsWith(".")) open.push(join(dirname(path), specifier));
      else packages.add(specifier);
    }
  }
  return packages;
}

/** What the command that compiles `program` begins with: its own file, and its threads. */
function entriesOf(command: string, program: string): string[] {
  const threads = Array.from(command.matchAll(/--include (\S+)/g), ([, path]) => path!);
  return [`${program}.ts`, ...threads].map((path) => join(ROOT, path));
}

for (const program of PROGRAMS) {
  Deno.test(`the executable of the ${program} holds what it needs`, {
    ignore: !MAY_USE_DISK,
  }, async () => {
    const whole = await readConfig("deno.json");
    const path = `compile/${program}.json`;
    const command = whole.tasks.compile!.split(" && ").find((it) => it.includes(path))!;
    const packages = [...await packagesIn(entriesOf(command, program))];
    const isUsed = ([key]: [string, string]) =>
      packages.some((it) => key.endsWith("/") ? it.startsWith(key) : it === key);
    assertEquals(await readConfig(path), {
      unstable: whole.unstable,
      imports: Object.fromEntries(Object.entries(whole.imports).filter(isUsed)),
      permissions: { [program]: whole.permissions[program] },
    } as unknown as Config);
  });
}
