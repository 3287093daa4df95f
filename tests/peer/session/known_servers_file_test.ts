import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { KnownServersFile, stateFolder } from "../../../lib/peer/session/known_servers_file.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const HERE = { hostname: "127.0.0.1", port: 5_000 };
const KEY = "k".repeat(43);
const THERE = { hostname: "2001:db8::1", port: 5_000 };

Deno.test("keys are remembered by address, in a file for its owner only", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("state/known_servers");
  await new KnownServersFile(path).remember(HERE, "key-1");
  await new KnownServersFile(path).remember(THERE, "key-2");
  const known = new KnownServersFile(path);
  assertEquals([await known.keyOf(HERE), await known.keyOf(THERE)], ["key-1", "key-2"]);
  assertEquals(await known.keyOf({ ...HERE, port: 5_001 }), undefined);
  assertEquals(await Deno.readTextFile(path), "127.0.0.1:5000 key-1\n[2001:db8::1]:5000 key-2\n");
  if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
});

Deno.test("a key that is known is not replaced", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const known = new KnownServersFile(home.pathOf("known_servers"));
  await known.remember(HERE, "first");
  await known.remember(HERE, "second");
  assertEquals(await known.keyOf(HERE), "first");
});

Deno.test("a file that is there but cannot be read ends a login", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = await home.makeFolder("known_servers");
  const known = new KnownServersFile(path, () => assert(false, "it is no mere remark"));
  for (const run of [() => known.keyOf(HERE), () => known.remember(HERE, "key")]) {
    const error = await assertRejects(run, BitTrickleError, "it is a folder; it may hold the key");
    assertEquals(error.code, "disk");
  }
});

Deno.test("below a file in the place of a folder there is none", ON_DISK, async () => {
  await using home = await TempFolder.make();
  await home.write("state", "");
  assertEquals(await new KnownServersFile(home.pathOf("state/known")).keyOf(HERE), undefined);
});

/** Places that cannot be written. */
const UNWRITABLE: readonly (readonly [what: string, place: string, reason: string])[] = [
  ["is below a file", "file/known_servers", "something of that name is already there"],
  ["is on a disk that may only be read", "disk/known_servers", "the disk may only be read"],
];

for (const [what, place, reason] of UNWRITABLE) {
  const name = `an index is known to the end of the program where its file ${what}`;
  Deno.test(name, { ignore: !CAN_MOUNT }, async () => {
    await using home = await TempFolder.make();
    await home.write("file", "");
    await using _ = await TinyDisk.mount(await home.makeFolder("disk"), "ro");
    const notes: string[] = [];
    const known = new KnownServersFile(home.pathOf(place), (note) => notes.push(note));
    await known.remember(HERE, "first");
    await known.remember(HERE, "second");
    assertEquals(await known.keyOf(HERE), "first");
    assertEquals(notes, [
      `Cannot write the known servers in "${home.pathOf(place)}": ${reason}; ` +
      "this server is not remembered",
    ]);
  });
}

Deno.test("a full disk ends no login, and what it cut off is no key", {
  ignore: !CAN_MOUNT,
}, async () => {
  await using home = await TempFolder.make();
  await using disk = await TinyDisk.mount(await home.makeFolder("disk"), "size=64k");
  const path = `${disk.path}/known_servers`;
  const full = "# a long remark\n".repeat(4_095) + "127.0.0.1:5000 ";
  await Deno.writeTextFile(path, full);
  let faults = 0;
  const known = new KnownServersFile(path, () => faults++);
  await known.remember(HERE, KEY);
  assertEquals([await known.keyOf(HERE), faults], [KEY, 1]);
  assertEquals(await new KnownServersFile(path).keyOf(HERE), undefined);
  await Deno.truncate(path, full.length - 1_000);
  await new KnownServersFile(path).remember(HERE, KEY);
  assertEquals(await new KnownServersFile(path).keyOf(HERE), KEY);
});

Deno.test("a line that an editor left open is as good as another", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = await home.write("known_servers", `127.0.0.1:5000 ${KEY}`);
  assertEquals(await new KnownServersFile(path).keyOf(HERE), KEY);
  await new KnownServersFile(path).remember(THERE, "key-2");
  assertEquals(
    await Deno.readTextFile(path),
    `127.0.0.1:5000 ${KEY}\n[2001:db8::1]:5000 key-2\n`,
  );
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
