/**
 * A release for this system, made by the task that makes all releases, on machines with nothing else.
 * `deno task release:check` makes it twice, and compares each byte.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { toStderr } from "../../lib/cli/write.ts";
import { BareMachine, HAS_BARE_MACHINE } from "../support/bare_machine.ts";
import { runDemo } from "../support/demo.ts";
import { canRun, MAY_RUN } from "../support/permission.ts";
import { ReleaseServer } from "../support/release_server.ts";
import { systemCommand } from "../support/system_command.ts";
import { TempFolder } from "../support/temp_folder.ts";

const REPOSITORY = fromFileUrl(new URL("../../", import.meta.url));
const PAGE = "https://releases.invalid/bittrickle";
const TARGET = Deno.build.target;
const IS_WHOLE = MAY_RUN && Deno.env.get("BITTRICKLE_RELEASE") === "whole";
const CAN_MAKE = MAY_RUN && Deno.build.os !== "windows" &&
  await canRun("git", "-C", REPOSITORY, "rev-parse", "HEAD");

/** The files of a release, by their names. */
type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const files = CAN_MAKE ? await makeRelease() : undefined;
const MADE = { ignore: !files };
const ON_BARE_MACHINE = { ignore: !files || !HAS_BARE_MACHINE };

function named(pattern: RegExp): [name: string, content: Uint8Array<ArrayBuffer>] {
  return [...files!].find(([name]) => pattern.test(name))!;
}

const text = (name: string) => new TextDecoder().decode(files!.get(name));

Deno.test("a release has everything, and says what it is", MADE, async () => {
  const { version, commit, date } = JSON.parse(text("release.json"));
  const head = await systemCommand("git", "-C", REPOSITORY, "rev-parse", "HEAD");
  assertEquals(commit, head.trim());
  assertMatch(date, /^\d{4}-\d{2}-\d{2}$/);
  const names = [
    `bittrickle-${version}-${TARGET}.${Deno.build.os === "windows" ? "zip" : "tar.gz"}`,
    ...[`bittrickle-${version}.cdx.json`, "install.ps1", "install.sh", "release.json"],
  ];
  for (const name of names) assert(files!.has(name), name);
  assertEquals(
    [...text("SHA256SUMS").matchAll(/^[0-9a-f]{64} {2}(.*)$/gm)].map(([, name]) => name),
    [...files!.keys()].filter((name) => name !== "SHA256SUMS").sort(),
  );
  assertStringIncludes(text("install.sh"), PAGE);
  assertStringIncludes(text("install.ps1"), PAGE);
});

Deno.test("the same commit makes the same bytes", { ignore: !files || !IS_WHOLE }, async () => {
  // Packages that were downloaded at another time, into another place.
  await using cache = await TempFolder.make();
  const again = await makeRelease({ DENO_DIR: cache.path });
  for (const [name, content] of files!) {
    // Not assertEquals(), which would print a hundred megabytes.
    assert(areEqual(content, again!.get(name)!), `${name} is another one`);
  }
});

Deno.test(
  "a bare machine installs it, holds the demo, and removes it",
  ON_BARE_MACHINE,
  async () => {
    await using server = ReleaseServer.of(files!);
    await using machine = await BareMachine.make(Deno.execPath());
    await machine.root.write("install.sh", files!.get("install.sh")!);
    const env = { BITTRICKLE_RELEASES: server.page };
    const install = async (...args: string[]) => {
      await using program = machine.start("/bin/sh", ["/install.sh", ...args], { env });
      return await program.finish();
    };
    const { code, stdout, stderr } = await install();
    assertEquals([code, stderr], [0, ""]);
    const { version, commit } = JSON.parse(text("release.json"));
    assertStringIncludes(stdout, `bittrickle-client ${version} (commit ${commit.slice(0, 12)} of `);
    const programs = {
      server: machine.words("/root/.local/bin/bittrickle-server"),
      client: machine.words("/root/.local/bin/bittrickle-client"),
    };
    const story: string[] = [];
    const isPerfect = await runDemo(programs, (line) => story.push(line), machine.tmp);
    assert(isPerfect, story.join("\n"));
    assertEquals((await install("--uninstall")).code, 0);
    assertEquals(await machine.root.namesIn("root/.local/bin"), []);
  },
);

Deno.test("the package for Debian is installed, and leaves what is not its own", {
  ignore: !files || !HAS_BARE_MACHINE || !await canRun("dpkg", "--version"),
}, async () => {
  await using machine = await BareMachine.make(Deno.execPath());
  const { root } = machine;
  const dpkg = await dpkgOf(root);
  const [name, content] = named(/\.deb$/);
  await dpkg("--install", await root.write(name, content));
  const { code, stdout } = await machine.start("/usr/bin/bittrickle-server", ["--version"])
    .finish();
  assertEquals(code, 0);
  assertMatch(stdout, /^bittrickle-server \S+ \(commit /);
  const unit = await Deno.readTextFile(
    root.pathOf("usr/lib/systemd/system/bittrickle-server.service"),
  );
  assertStringIncludes(unit, "\nExecStart=/usr/bin/bittrickle-server ");
  for (const [, path] of unit.matchAll(/^ExecStart=(\S+)/gm)) await Deno.stat(root.pathOf(path!));
  await Deno.stat(root.pathOf("usr/share/man/man1/bittrickle-client.1"));

  await Deno.mkdir(root.pathOf("var/lib/bittrickle"));
  await root.write("var/lib/bittrickle/credentials.txt", "hans opaque:record\n");
  assertStringIncludes(await dpkg("--remove", "bittrickle"), "left in /var/lib/bittrickle");
  assertEquals(await root.namesIn("etc/default"), ["bittrickle-server"]);
  assertStringIncludes(await dpkg("--purge", "bittrickle"), "left in /var/lib/bittrickle");
  assertEquals(await root.namesIn("var/lib/bittrickle"), ["credentials.txt"]);
  assertEquals(await root.names().then((names) => names.includes("etc")), false);
});

/** Debian's package manager, for the machine with this root. */
async function dpkgOf(root: TempFolder): Promise<(...args: string[]) => Promise<string>> {
  await Deno.mkdir(root.pathOf("var/lib/dpkg/updates"), { recursive: true });
  for (const folder of ["info", "triggers"]) await root.makeFolder(`var/lib/dpkg/${folder}`);
  for (const file of ["status", "available"]) await root.write(`var/lib/dpkg/${file}`, "");
  // The libraries it needs are there, but in no package.
  const flags = [`--root=${root.path}`, "--force-depends", "--log=/dev/null"];
  return (...args) => systemCommand("dpkg", ...flags, ...args);
}

/** Runs `deno task release` with the Deno that `DENO` names, or with this one. */
async function makeRelease(env = {}): Promise<Files | undefined> {
  await using folder = await TempFolder.make();
  const deno = Deno.env.get("DENO") ?? Deno.execPath();
  const flags = ["--out", folder.path, "--target", TARGET, "--releases", PAGE];
  const args = ["task", "--quiet", "release", ...flags];
  const { code, stderr } = await new Deno.Command(deno, { args, cwd: REPOSITORY, env }).output();
  if (code === 9) {
    toStderr("No release is tested: no runtime for its executables can be had.\n");
    return undefined;
  }
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const names = await folder.names();
  return new Map(
    await Promise.all(names.map(async (name) => {
      return [name, await Deno.readFile(folder.pathOf(name))] as const;
    })),
  );
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
