import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import {
  findKnown,
  InMemoryKnownServers,
  type Pin,
} from "../../../lib/peer/session/known_servers.ts";
import { KnownServersFile, stateFolder } from "../../../lib/peer/session/known_servers_file.ts";
import { formatAddress } from "../../../lib/protocol/address.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";

const WINDOWS = Deno.build.os === "windows";
const ON_DISK = { ignore: !MAY_USE_DISK };
const HERE = { hostname: "127.0.0.1", port: 5_000 };
const THERE = { hostname: "2001:db8::1", port: 5_000 };
const [KEY, OTHER_KEY, SIGNING_KEY] = ["k".repeat(43), "o".repeat(43), "s".repeat(43)];
const PIN: Pin = { opaqueKey: KEY, signingKey: SIGNING_KEY, strongUsers: [] };
const OTHER_PIN: Pin = { ...PIN, opaqueKey: OTHER_KEY };
const HALF_PIN: Pin = { opaqueKey: KEY, signingKey: undefined, strongUsers: [] };
const HANS: Pin = { ...PIN, strongUsers: ["hans"] };

Deno.test("servers are remembered by address, in a file for its owner only", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("state/known_servers");
  await new KnownServersFile(path).remember(HERE, HANS);
  await new KnownServersFile(path).remember(THERE, OTHER_PIN);
  const known = new KnownServersFile(path);
  assertEquals([await known.pinOf(HERE), await known.pinOf(THERE)], [HANS, OTHER_PIN]);
  assertEquals(await known.pinOf({ ...HERE, port: 5_001 }), undefined);
  assertEquals(
    await Deno.readTextFile(path),
    `127.0.0.1:5000 ${KEY} ${SIGNING_KEY} hans\n[2001:db8::1]:5000 ${OTHER_KEY} ${SIGNING_KEY}\n`,
  );
  if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
});

Deno.test("a key that is known is not replaced", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const known = new KnownServersFile(home.pathOf("known_servers"));
  await known.remember(HERE, PIN);
  await known.remember(HERE, { ...OTHER_PIN, strongUsers: ["vader"] });
  await known.remember(HERE, { ...PIN, signingKey: OTHER_KEY });
  assertEquals(await known.pinOf(HERE), PIN);
});

Deno.test("a line of one key is completed, and all others are kept", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const lines = (line: string) => `# mine\nodd\n${line}\n[::1]:5000 ${OTHER_KEY} \r\n\n# end`;
  const path = await home.write("known_servers", lines(`127.0.0.1:5000   ${KEY}`));
  const known = new KnownServersFile(path);
  assertEquals(await known.pinOf(HERE), HALF_PIN);
  await known.remember(HERE, PIN);
  assertEquals(await known.pinOf(HERE), PIN);
  assertEquals(
    await Deno.readTextFile(path),
    lines(`127.0.0.1:5000 ${KEY} ${SIGNING_KEY}`) + "\n",
  );
});

Deno.test("a comment behind a pin is none of its keys, and is kept", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const lines = (line: string) => `[::1]:5000 ${OTHER_KEY}\n${line}\n`;
  const path = await home.write("known_servers", lines(`127.0.0.1:5000 ${KEY} # our lab`));
  const known = new KnownServersFile(path);
  assertEquals(await known.pinOf(HERE), HALF_PIN);
  await known.remember(HERE, HANS);
  assertEquals(await known.pinOf(HERE), HANS);
  assertEquals(
    await Deno.readTextFile(path),
    lines(`127.0.0.1:5000 ${KEY} ${SIGNING_KEY} hans # our lab`),
  );
});

Deno.test("a user's name may hold what begins a comment", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("known_servers");
  const pin: Pin = { ...PIN, strongUsers: ["han#s", "yoda"] };
  await new KnownServersFile(path).remember(HERE, pin);
  assertEquals(await new KnownServersFile(path).pinOf(HERE), pin);
});

Deno.test("clients that log in at once forget nobody", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("known_servers");
  const users = Array.from({ length: 20 }, (_, i) => `user-${String(i).padStart(2, "0")}`);
  await Promise.all(users.map((user) => {
    return new KnownServersFile(path).remember(HERE, { ...PIN, strongUsers: [user] });
  }));
  const pin = await new KnownServersFile(path).pinOf(HERE);
  assertEquals(pin?.strongUsers.toSorted(), users);
});

Deno.test("a link to the file stays one", { ignore: !MAY_USE_DISK || WINDOWS }, async () => {
  await using home = await TempFolder.make();
  const file = await home.write("elsewhere", "");
  const link = home.pathOf("known_servers");
  await Deno.symlink(file, link);
  await new KnownServersFile(link).remember(HERE, PIN);
  assertEquals((await Deno.lstat(link)).isSymlink, true);
  assertEquals(await new KnownServersFile(file).pinOf(HERE), PIN);
});

Deno.test("a file tells whether an index of this machine is known", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("known_servers");
  await new KnownServersFile(path).remember({ hostname: "localhost", port: 5_000 }, PIN);
  await new KnownServersFile(path).remember({ hostname: "::1", port: 5_001 }, PIN);
  await new KnownServersFile(path).remember(THERE, PIN);
  const known = new KnownServersFile(path);
  const ports = [5_000, 5_001, 5_002];
  assertEquals(await Promise.all(ports.map((port) => known.knowsHere(port))), [true, true, false]);
});

/** What older versions have left: one key, by the address that the server had. */
const OLD: readonly [what: string, pins: Record<string, Pin>, found: string | undefined][] = [
  ["by its name", { "index:5000": HALF_PIN }, "index:5000"],
  ["by its address, by an older version", { "127.0.0.1:5000": HALF_PIN }, "127.0.0.1:5000"],
  ["by its address, because that was typed", { "127.0.0.1:5000": PIN }, undefined],
  ["by both", { "index:5000": PIN, "127.0.0.1:5000": HALF_PIN }, "index:5000"],
  ["by another address", { "127.0.0.2:5000": HALF_PIN }, undefined],
];

for (const [what, pins, found] of OLD) {
  const name = `a server that is known ${what} is ${found ? "expected" : "not known by its name"}`;
  Deno.test({ name, permissions: "none" }, async () => {
    const known = new InMemoryKnownServers();
    for (const [address, pin] of Object.entries(pins)) {
      const [hostname, port] = address.split(":");
      await known.remember({ hostname: hostname!, port: Number(port) }, pin);
    }
    const server = await findKnown(known, { hostname: "index", port: 5_000 }, [THERE, HERE]);
    assertEquals(server && formatAddress(server.knownAs), found);
  });
}

Deno.test("a file that is there but cannot be read ends a login", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = await home.makeFolder("known_servers");
  const known = new KnownServersFile(path, () => assert(false, "it is no mere remark"));
  for (const run of [() => known.pinOf(HERE), () => known.remember(HERE, PIN)]) {
    const error = await assertRejects(run, BitTrickleError, "it is a folder; it may hold the key");
    assertEquals(error.code, "disk");
  }
});

Deno.test("below a file in the place of a folder there is none", ON_DISK, async () => {
  await using home = await TempFolder.make();
  await home.write("state", "");
  assertEquals(await new KnownServersFile(home.pathOf("state/known")).pinOf(HERE), undefined);
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
    await known.remember(HERE, PIN);
    await known.remember(HERE, PIN);
    await known.remember(HERE, OTHER_PIN);
    assertEquals(await known.pinOf(HERE), PIN);
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
  await known.remember(HERE, PIN);
  assertEquals([await known.pinOf(HERE), faults], [PIN, 1]);
  assertEquals(await new KnownServersFile(path).pinOf(HERE), undefined);
  await Deno.truncate(path, full.length / 4);
  await new KnownServersFile(path).remember(HERE, PIN);
  assertEquals(await new KnownServersFile(path).pinOf(HERE), PIN);
});

Deno.test("a line that an editor left open is as good as another", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = await home.write("known_servers", `127.0.0.1:5000 ${KEY}`);
  assertEquals(await new KnownServersFile(path).pinOf(HERE), HALF_PIN);
  await new KnownServersFile(path).remember(THERE, OTHER_PIN);
  assertEquals(
    await Deno.readTextFile(path),
    `127.0.0.1:5000 ${KEY}\n[2001:db8::1]:5000 ${OTHER_KEY} ${SIGNING_KEY}\n`,
  );
});

Deno.test("a line that was cut off is written anew", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = await home.write(
    "known_servers",
    `[::1]:5000 ${KEY}\n127.0.0.1:5000 ${KEY}`.slice(0, -9),
  );
  assertEquals(await new KnownServersFile(path).pinOf(HERE), undefined);
  await new KnownServersFile(path).remember(HERE, HALF_PIN);
  assertEquals(await Deno.readTextFile(path), `[::1]:5000 ${KEY}\n127.0.0.1:5000 ${KEY}\n`);
});

Deno.test("a second key that was cut off is not there, and is completed", ON_DISK, async () => {
  await using home = await TempFolder.make();
  for (const half of [SIGNING_KEY.slice(0, 9), SIGNING_KEY.slice(0, -1)]) {
    const path = await home.write("known_servers", `127.0.0.1:5000 ${KEY} ${half}`);
    assertEquals(await new KnownServersFile(path).pinOf(HERE), HALF_PIN);
    await new KnownServersFile(path).remember(HERE, HANS);
    const whole = `127.0.0.1:5000 ${KEY} ${SIGNING_KEY} hans\n`;
    assertEquals(await Deno.readTextFile(path), whole);
  }
});

/** Editors of Windows write UTF-16, with a mark. */
function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !isBigEndian);
  return bytes;
}

Deno.test("a file in UTF-16 is understood, and written in UTF-8", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("known_servers");
  const line = `127.0.0.1:5000 ${KEY} ${SIGNING_KEY}\r\n`;
  for (const isBigEndian of [false, true]) {
    await Deno.writeFile(path, utf16(`\ufeff${line}`, isBigEndian));
    assertEquals(await new KnownServersFile(path).pinOf(HERE), PIN);
    await new KnownServersFile(path).remember(THERE, OTHER_PIN);
    assertEquals(
      await Deno.readTextFile(path),
      `${line}[2001:db8::1]:5000 ${OTHER_KEY} ${SIGNING_KEY}\n`,
    );
  }
});

Deno.test("a byte order mark is no part of the first name", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = await home.write("known_servers", `\ufeff127.0.0.1:5000 ${KEY}\n`);
  assertEquals(await new KnownServersFile(path).pinOf(HERE), HALF_PIN);
});

Deno.test("a file that is no text ends a login, and stays as it is", ON_DISK, async () => {
  await using home = await TempFolder.make();
  const path = home.pathOf("known_servers");
  const line = `127.0.0.1:5000 ${KEY}\n`;
  for (const bytes of [utf16(line, false), new Uint8Array([0xff, 0x00, 0x0a])]) {
    await Deno.writeFile(path, bytes);
    const known = new KnownServersFile(path);
    for (const run of [() => known.pinOf(HERE), () => known.remember(HERE, PIN)]) {
      const error = await assertRejects(run, BitTrickleError, "it is not UTF-8 text, nor UTF-16");
      assertEquals(error.code, "disk");
    }
    assertEquals(await Deno.readFile(path), bytes);
  }
});

const FOLDERS: readonly [env: Record<string, string>, folder: string | undefined][] = [
  [{ XDG_STATE_HOME: "/state", HOME: "/home/hans" }, "/state/bittrickle"],
  [{ HOME: "/home/hans" }, "/home/hans/.local/state/bittrickle"],
  [{}, undefined],
];

for (const [env, folder] of FOLDERS) {
  const name = `the state folder with ${JSON.stringify(env)} is ${folder}`;
  Deno.test({ name, permissions: "none", ignore: WINDOWS }, () => {
    assertEquals(stateFolder((name) => env[name]), folder);
  });
}
