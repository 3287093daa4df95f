/**
 * `install.sh` against a page of releases on loopback.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PROGRAMS } from "../../release/targets.ts";
import { CuttingServer } from "../support/cutting_server.ts";
import { fakeRelease, INSTALL_SCRIPT, installedFiles } from "../support/fake_release.ts";
import { canRun, MAY_RUN } from "../support/permission.ts";
import { type Ended, Program } from "../support/program.ts";
import { ReleaseServer } from "../support/release_server.ts";
import { systemCommand } from "../support/system_command.ts";
import { TempFolder } from "../support/temp_folder.ts";

const IS_POSIX = MAY_RUN && Deno.build.os !== "windows";
const CAN_INSTALL = IS_POSIX && await canRun("curl", "--version");
const WITH_CURL = { ignore: !CAN_INSTALL };
const WITH_WGET = { ignore: !IS_POSIX || !await canRun("wget", "--version") };
const ARCHIVE = `bittrickle-1.2.3-${Deno.build.target}.tar.gz`;

/** What the script runs, but for what downloads. */
const TOOLS = "cp cut dirname gzip grep mkdir mktemp mv rm sha256sum tar uname wc".split(" ");

interface InstallOptions {
  readonly args?: readonly string[];
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the script at home in `folder`. */
async function install(
  page: string,
  folder: TempFolder,
  { args = [], shell = ["sh"], env = {} }: InstallOptions = {},
): Promise<Ended> {
  const surroundings = { HOME: folder.path, BITTRICKLE_RELEASES: page, ...env };
  await using program = new Program([...shell, INSTALL_SCRIPT, ...args], { env: surroundings });
  return await program.finish();
}

/** The files below `folder`. */
async function filesBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const below = isDirectory ? await filesBelow(`${folder}/${name}`) : [""];
    paths.push(...below.map((it) => it === "" ? name : `${name}/${it}`));
  }
  return paths.sort();
}

/** A folder for PATH in which there is only `wget` to download with. */
async function toolsWithWget(folder: TempFolder): Promise<string> {
  const place = await folder.makeFolder("tools");
  for (const tool of [...TOOLS, "wget"]) {
    for (const bin of ["/bin", "/usr/bin"]) {
      const isThere = await Deno.stat(`${bin}/${tool}`).then(() => true, () => false);
      if (isThere) await Deno.symlink(`${bin}/${tool}`, `${place}/${tool}`).catch(() => {});
    }
  }
  return place;
}

/** A folder for PATH with a `curl` that waits for one second where it is told to wait for thirty. */
async function impatientCurl(folder: TempFolder): Promise<string> {
  const place = await folder.makeFolder("impatient");
  const curl = (await systemCommand("sh", "-c", "command -v curl")).trim();
  const script = `#!/bin/sh\nexec ${curl} $(printf '%s\\n' "$@" | sed 's/^30$/1/')\n`;
  await Deno.writeTextFile(`${place}/curl`, script, { mode: 0o755 });
  return place;
}

/** The release, with `change` made to one of its files. */
async function damagedRelease(
  name: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => BodyInit | null,
): Promise<ReleaseServer> {
  const files = await fakeRelease("1.2.3");
  return new ReleaseServer((path) => {
    const file = files.get(path);
    const body = file && (path === name ? change(file) : file);
    return body ? new Response(body) : new Response(null, { status: 404 });
  });
}

const INSTALLED = PROGRAMS.flatMap(installedFiles).sort();

Deno.test("everything is installed below ~/.local, and removed again", WITH_CURL, async () => {
  await using server = ReleaseServer.of(await fakeRelease("1.2.3"));
  await using home = await TempFolder.make();
  const { code, stdout, stderr } = await install(server.page, home);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "bittrickle-client 1.2.3\n");
  assertStringIncludes(stdout, `Add it to your PATH:  export PATH="${home.path}/.local/bin:$PATH"`);
  assertEquals(await filesBelow(home.pathOf(".local")), INSTALLED);
  await Deno.mkdir(home.pathOf(".local/state/bittrickle"), { recursive: true });
  await home.write(".local/state/bittrickle/known_servers", "key");
  const removed = await install(server.page, home, { args: ["--uninstall"] });
  assertEquals([removed.code, removed.stderr], [0, ""]);
  assertEquals(await filesBelow(home.pathOf(".local")), ["state/bittrickle/known_servers"]);
  assertStringIncludes(removed.stdout, `${home.path}/.local/state/bittrickle`);
});

Deno.test("a version is replaced by another, in a place of one's own", WITH_CURL, async () => {
  await using home = await TempFolder.make();
  const env = { BITTRICKLE_INSTALL: home.pathOf("with space"), BITTRICKLE_VERSION: "1.2.4" };
  for (const version of ["1.2.3", "1.2.4"]) {
    await using server = ReleaseServer.of(await fakeRelease(version));
    assertEquals((await install(server.page, home, { env })).code, 0);
    const program = await Deno.readTextFile(home.pathOf("with space/bin/bittrickle-client"));
    assertStringIncludes(program, version);
  }
  assertEquals(await filesBelow(home.pathOf("with space")), INSTALLED);
});

Deno.test("wget does where there is no curl", WITH_WGET, async () => {
  await using server = ReleaseServer.of(await fakeRelease("1.2.3"));
  await using home = await TempFolder.make();
  const env = { PATH: await toolsWithWget(home) };
  const { code, stderr } = await install(server.page, home, { env, shell: ["/bin/sh"] });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await filesBelow(home.pathOf(".local")), INSTALLED);
  await using cut = await CuttingServer.start(await fakeRelease("1.2.3"), ARCHIVE);
  await using other = await TempFolder.make();
  const failed = await install(cut.page, other, { env, shell: ["/bin/sh"] });
  assertEquals([failed.code, await other.names()], [1, []], failed.stderr);
});

const damages: Readonly<
  Record<string, [name: string, change: Parameters<typeof damagedRelease>[1], says: string]>
> = {
  "an archive with a flipped bit": [ARCHIVE, flipped, "is damaged: its SHA-256 is not the one"],
  "an archive that is shorter": [ARCHIVE, (it) => it.slice(0, -1), "is damaged"],
  "a release without its archive": [ARCHIVE, () => null, "cannot download"],
  "a release without checksums": ["SHA256SUMS", () => null, "cannot download"],
  "a release without this checksum": ["SHA256SUMS", () => "\n", "no archive"],
  "a checksum of something else": ["SHA256SUMS", otherName, "no archive"],
};

for (const [name, [file, change, says]] of Object.entries(damages)) {
  Deno.test(`${name} installs nothing`, WITH_CURL, async () => {
    await using server = await damagedRelease(file, change);
    await using home = await TempFolder.make();
    const { code, stderr } = await install(server.page, home);
    assertEquals([code, await home.names()], [1, []], stderr);
    assertStringIncludes(stderr, says);
  });
}

Deno.test("a download that is cut off installs nothing", WITH_CURL, async () => {
  for (const file of [ARCHIVE, "SHA256SUMS"]) {
    await using server = await CuttingServer.start(await fakeRelease("1.2.3"), file);
    await using home = await TempFolder.make();
    const { code, stderr } = await install(server.page, home);
    assertEquals([code, await home.names()], [1, []], stderr);
    assertStringIncludes(stderr, `cannot download ${server.page}/latest/download/${file}`);
  }
});

Deno.test("a page that falls silent is not waited for without an end", WITH_CURL, async () => {
  await using server = new ReleaseServer(() => new Response(new ReadableStream({})));
  await using home = await TempFolder.make();
  const { code, stderr } = await install(server.page, home, {
    env: { PATH: `${await impatientCurl(home)}:${Deno.env.get("PATH")}` },
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, `cannot download ${server.page}/latest/download/SHA256SUMS`);
});

Deno.test("half of the script does nothing", WITH_CURL, async () => {
  await using server = ReleaseServer.of(await fakeRelease("1.2.3"));
  await using home = await TempFolder.make();
  const text = await Deno.readTextFile(INSTALL_SCRIPT);
  const half = await home.write("half.sh", text.slice(0, text.lastIndexOf("main")));
  const env = { HOME: home.path, BITTRICKLE_RELEASES: server.page };
  await using program = new Program(["sh", half], { env });
  assertEquals((await program.finish()).code, 0);
  assertEquals(await home.names(), ["half.sh"]);
});

Deno.test("nothing is downloaded from a page that is not encrypted", WITH_CURL, async () => {
  await using home = await TempFolder.make();
  for (const page of ["", "http://192.0.2.1/releases", "ftp://127.0.0.1/"]) {
    const { code, stderr } = await install(page, home);
    assertEquals([code, await home.names()], [1, []]);
    assertStringIncludes(stderr, "https://");
  }
});

for (const shell of [["dash"], ["bash", "--posix"], ["busybox", "sh"]]) {
  Deno.test(`${shell[0]} understands the script`, {
    ignore: !CAN_INSTALL || !await canRun(shell[0]!, ...shell.slice(1), "-c", ":"),
  }, async () => {
    await using server = ReleaseServer.of(await fakeRelease("1.2.3"));
    await using home = await TempFolder.make();
    const { code, stderr } = await install(server.page, home, { shell });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(await filesBelow(home.pathOf(".local")), INSTALLED);
  });
}

const HAS_SHELLCHECK = await canRun("shellcheck", "--version");

Deno.test("shellcheck finds nothing in the script", { ignore: !HAS_SHELLCHECK }, async () => {
  await using program = new Program(["shellcheck", INSTALL_SCRIPT]);
  const { code, stdout } = await program.finish();
  assert(code === 0, stdout);
});

function flipped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const middle = bytes.length >> 1;
  return bytes.with(middle, bytes[middle]! ^ 1);
}

function otherName(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(".tar.gz", ".tar.xz");
}
