/**
 * The standalone executables, made by the very task that releases use.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { toStderr } from "../../lib/cli/write.ts";
import { ASSETS } from "../../lib/server/page/assets.ts";
import { publishBigFile } from "../support/big_file.ts";
import { runDemo } from "../support/demo.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { executablesIn } from "../support/program.ts";
import { ask } from "../support/raw_http.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";
import { Administrator, servePage } from "../support/served_page.ts";
import { suspendAndResume } from "../support/suspend.ts";

const REPOSITORY = fromFileUrl(new URL("../../", import.meta.url));
const EXECUTABLES = executablesIn(join(REPOSITORY, "dist"));

const compiled = MAY_RUN ? await compile() : { success: false, output: "", isOffline: false };

Deno.test("both programs compile", { ignore: !MAY_RUN || compiled.isOffline }, () => {
  assert(compiled.success, compiled.output);
});

Deno.test(
  "the executables hold the demo's conversation",
  { ignore: !compiled.success },
  async () => {
    const story: string[] = [];
    assertEquals(await runDemo(EXECUTABLES, (line) => story.push(line)), true, story.join("\n"));
  },
);

Deno.test("the threads of the client are in its executable", {
  ignore: !compiled.success,
}, async () => {
  await using network = await Network.start(EXECUTABLES);
  const hans = await network.join("hans");
  await publishBigFile(hans, 64);
  const gotten = await network.once("vader", "get", "big");
  assertEquals(gotten.code, 0, gotten.stderr);
  // Without its thread a client does the work all the same, and the runtime says why.
  for (const { stderr } of [hans.shell, gotten]) assert(!stderr.includes("in worker"), stderr);
});

Deno.test("the server's executable tells its status", {
  ignore: !compiled.success || Deno.build.os === "windows",
}, async () => {
  await using network = await Network.start(EXECUTABLES);
  const { code, stdout, stderr } = await network.administer("status", "--metrics");
  assertEquals([code, stderr], [0, ""]);
  assert(stdout.includes("\nbittrickle_sessions 0\n"), stdout);
});

Deno.test("the status page is in the server's executable", {
  ignore: !compiled.success,
}, async () => {
  const { network, address } = await servePage(EXECUTABLES);
  await using _ = network;
  for (const [path, { bytes }] of ASSETS) {
    const { status, text } = await ask(address, { path });
    assertEquals([status, text], [200, new TextDecoder().decode(bytes)], path);
  }
  const administrator = await Administrator.logIn(address);
  assertEquals((await administrator.post("disable", { user: "hans" })).status, 200);
});

Deno.test("Ctrl-Z and fg work in the client", {
  ignore: !compiled.success || !HAS_TERMINAL,
}, async () => {
  await using network = await Network.start(EXECUTABLES);
  await using screen = await Screen.open(network);
  await screen.logIn();
  await suspendAndResume(screen);
});

/** Runs `deno task compile` with the Deno that `DENO` names, or with this one. */
async function compile() {
  const deno = Deno.env.get("DENO") ?? Deno.execPath();
  const args = ["task", "--quiet", "compile"];
  const ended = await new Deno.Command(deno, { args, cwd: REPOSITORY, stdout: "null" }).output();
  const output = new TextDecoder().decode(ended.stderr);
  const isOffline = !ended.success && /denort|error sending request/.test(output);
  if (isOffline) {
    await toStderr("The executables are not tested: no runtime for them can be had.\n");
  }
  return { success: ended.success, output, isOffline };
}
