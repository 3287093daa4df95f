/**
 * What every client loads before it does anything, which is most of the time of its start.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { MAY_USE_DISK } from "../support/permission.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Everything that is loaded with a file before it runs: what `import()` names and types are not. */
async function loadedWith(...entries: readonly string[]): Promise<Set<string>> {
  const loaded = new Set<string>();
  const load = async (specifier: string, from: string) => {
    const isFile = specifier.startsWith(".") && specifier.endsWith(".ts");
    const name = isFile ? join(from, "..", specifier).replaceAll("\\", "/") : specifier;
    if (loaded.has(name)) return;
    loaded.add(name);
    if (!isFile) return;
    for (const it of valueImports(await Deno.readTextFile(join(ROOT, name)))) await load(it, name);
  };
  for (const entry of entries) await load(`./${entry}`, "client.ts");
  return loaded;
}

/** What a source text imports or exports from elsewhere, unless it is types alone. */
function valueImports(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export) (type )?(?:([^;"]*?) from )?"([^"]+)"/gm);
  return [...statements].filter(([, type, names]) => !type && !isTypes(names)).map((it) => it[3]!);
}

/** Whether an import is of `{ type A, type B }`, which is erased. */
function isTypes(names: string | undefined): boolean {
  const listed = names?.match(/^\{([^}]*)\}$/)?.[1]?.split(",").map((it) => it.trim());
  return listed?.filter(Boolean).every((it) => it.startsWith("type ")) ?? false;
}

Deno.test({
  name: "a client that only asks loads nothing that publishes folders, fetches, serves or explains",
  ignore: !MAY_USE_DISK,
}, async () => {
  const loaded = await loadedWith("client.ts", "lib/client/client_program.ts");
  assert(loaded.has("lib/peer/session/sealed_login.ts"), "the test sees what is loaded");
  const unneeded = [
    "libsodium-wrappers",
    "ignore",
    "lib/client/get_command.ts",
    "lib/client/manual.ts",
    "lib/client/shell.ts",
    "lib/peer/download/downloads.ts",
    "lib/peer/share/list_tree.ts",
    "lib/peer/upload/sealed_upload.ts",
    "lib/peer/watch/folder_share.ts",
  ];
  assertEquals(unneeded.filter((name) => loaded.has(name)), []);
});

Deno.test({
  name: "what --version loads talks to nobody",
  ignore: !MAY_USE_DISK,
}, async () => {
  const loaded = [...await loadedWith("client.ts")];
  assertEquals(loaded.filter((name) => /^lib\/peer\/|opaque|sqlite/.test(name)), []);
});

Deno.test({
  name: "what --version of the server loads keeps no index",
  ignore: !MAY_USE_DISK,
}, async () => {
  const loaded = [...await loadedWith("server.ts")];
  assert(loaded.includes("lib/server/flags/serve_flags.ts"), "the test sees what is loaded");
  assertEquals(loaded.filter((name) => /^lib\/(?:index|store|net)\/|opaque|sqlite/.test(name)), []);
});
