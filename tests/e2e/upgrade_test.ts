import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { BUILD, VERSION, versionLine } from "../../lib/cli/version.ts";
import { jsonLines } from "../support/json_lines.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { ReleaseServer } from "../support/release_server.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

async function upgrade(page: string, ...args: string[]): Promise<Ended> {
  const words = [...FROM_SOURCE.client, "upgrade", ...args];
  await using program = new Program(words, { env: { BITTRICKLE_RELEASES: page } });
  return await program.finish();
}

function serverOf(version: string): ReleaseServer {
  const release = JSON.stringify({ version, date: "2026-12-24" });
  return ReleaseServer.of(new Map([["release.json", release]]));
}

Deno.test("upgrade --check tells of a newer release", AS_PROCESSES, async () => {
  await using server = serverOf("99.0.0");
  const { code, stdout, stderr } = await upgrade(server.page, "--check");
  const line = `BitTrickle 99.0.0 of 2026-12-24 is newer than this ${VERSION}: ${server.page}\n`;
  assertEquals([code, stdout, stderr], [0, line, ""]);
});

Deno.test(
  "upgrade --check says that this is the newest one, in JSON too",
  AS_PROCESSES,
  async () => {
    await using server = serverOf(VERSION);
    const { code, stdout } = await upgrade(server.page, "--check");
    assertEquals([code, stdout], [0, `This is BitTrickle ${VERSION}, the newest release\n`]);
    const { stdout: json } = await upgrade(server.page, "--check", "--json");
    const [result] = jsonLines(json);
    assertEquals([result!.verb, result!.newer, result!.newest], ["upgrade", false, VERSION]);
  },
);

Deno.test("upgrade --check fails as other commands do", AS_PROCESSES, async () => {
  await using nothing = ReleaseServer.of(new Map());
  assertEquals((await upgrade(nothing.page, "--check")).code, 3);
  await using hostile = ReleaseServer.of(new Map([["release.json", '{"version":"\x1b[2J"}']]));
  const { code, stderr } = await upgrade(hostile.page, "--check");
  assertEquals([code, stderr.includes("\x1b")], [4, false]);
  assertEquals((await upgrade("http://192.0.2.1/releases", "--check")).code, 2);
});

Deno.test("nothing is asked without --check, or without a page", AS_PROCESSES, async () => {
  const { code, stderr } = await upgrade("https://example.invalid");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "upgrade --check");
  const nowhere = await upgrade("", "--check");
  assertEquals(nowhere.code, 2);
  assertStringIncludes(nowhere.stderr, "BITTRICKLE_RELEASES");
});

Deno.test("--version tells version, commit and Deno", AS_PROCESSES, async () => {
  for (const program of ["client", "server"] as const) {
    await using running = new Program([...FROM_SOURCE[program], "--version"]);
    const { code, stdout } = await running.finish();
    assertEquals([code, stdout], [0, `${versionLine(`bittrickle-${program}`)}\n`]);
    assertMatch(
      stdout,
      /^bittrickle-\w+ \d+\.\d+\.\d+\S* \(not a release, Deno \d+\.\d+\.\d+\)\n$/,
    );
  }
  const build = { ...BUILD, commit: "0123456789abcdef".repeat(3).slice(0, 40), date: "2026-11-27" };
  const { deno } = Deno.version;
  const line = `x ${VERSION} (commit 0123456789ab of 2026-11-27, Deno ${deno})`;
  assertEquals(versionLine("x", build), line);
});
