import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { KnownIndexesFile, stateFolder } from "../../lib/peer/known_indexes_file.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const HERE = { hostname: "127.0.0.1", port: 5_000 };
const THERE = { hostname: "2001:db8::1", port: 5_000 };

Deno.test("keys are remembered by address, in a file for its owner only", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("state/known_servers");
  await new KnownIndexesFile(path).remember(HERE, "key-1");
  await new KnownIndexesFile(path).remember(THERE, "key-2");
  const known = new KnownIndexesFile(path);
  assertEquals([await known.keyOf(HERE), await known.keyOf(THERE)], ["key-1", "key-2"]);
  assertEquals(await known.keyOf({ ...HERE, port: 5_001 }), undefined);
  assertEquals(await Deno.readTextFile(path), "127.0.0.1:5000 key-1\n[2001:db8::1]:5000 key-2\n");
  if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
});

Deno.test("a key that is known is not replaced", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const known = new KnownIndexesFile(home.pathOf("known_servers"));
  await known.remember(HERE, "first");
  await known.remember(HERE, "second");
  assertEquals(await known.keyOf(HERE), "first");
});

Deno.test("a file that cannot be read is a disk error", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const error = await assertRejects(
    () => new KnownIndexesFile(home.path).keyOf(HERE),
    BitTrickleError,
  );
  assertEquals(error.code, "disk");
});

const FOLDERS: readonly [env: Record<string, string>, folder: string | undefined][] = [
  [{ XDG_STATE_HOME: "/state", HOME: "/home/hans" }, "/state/bittrickle"],
  [{ HOME: "/home/hans" }, "/home/hans/.local/state/bittrickle"],
  [{}, undefined],
];

for (const [env, folder] of FOLDERS) {
  const name = `the state folder with ${JSON.stringify(env)} is ${folder}`;
  Deno.test({ name, permissions: "none", ignore: Deno.build.os === "windows" }, () => {
    assertEquals(stateFolder((name) => env[name]), folder);
  });
}
