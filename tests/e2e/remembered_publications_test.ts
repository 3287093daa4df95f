/**
 * What a user has published and withdrawn, through restarts of an index that keeps nothing.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { FROM_SOURCE } from "../support/program.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** An index that keeps nothing. */
const FORGETFUL = { flags: ["--data", ":memory:"] };

/** Writes files of hans, and publishes them by a command. */
async function publish(network: Network, ...names: string[]): Promise<void> {
  const folder = network.home.pathOf("hans");
  for (const name of names) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), name);
  }
  const { code, stderr } = await network.once("hans", "pub", ...names);
  assertEquals(code, 0, stderr);
}

/** Withdraws `name` everywhere, from another device of hans. */
async function withdrawElsewhere(network: Network, name: string): Promise<void> {
  const env = { BITTRICKLE_PASSWORD: "pw-hans", XDG_STATE_HOME: network.home.pathOf("other") };
  const args = ["--user", "hans", "unp", "--everywhere", name];
  const { shell } = await network.client("elsewhere", args, env);
  assertEquals((await shell.finish()).code, 0);
}

/** Runs a shell of hans until it has told what it serves, and returns what is published then. */
async function servedByShell(network: Network): Promise<string> {
  const { shell } = await network.rejoin("hans");
  await shell.warns("Serving again: kept.txt");
  const { stdout } = await shell.finish("lpf", "xit");
  return stdout;
}

Deno.test(
  "what a command published and another device withdrew stays withdrawn",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start(FROM_SOURCE, FORGETFUL);
    await publish(network, "kept.txt", "withdrawn.txt");
    await withdrawElsewhere(network, "withdrawn.txt");
    const shown = await servedByShell(network);
    assertEquals(shown.includes("1 file published:\nkept.txt"), true, shown);
  },
);

for (const json of [false, true]) {
  const how = json ? "in JSON" : "in words";
  Deno.test(`an open shell tells ${how} what another device withdrew`, AS_PROCESSES, async () => {
    await using network = await Network.start();
    await publish(network, "kept.txt", "withdrawn.txt");
    const { shell } = await network.begin("hans", ...json ? ["--json"] : []);
    await shell.shows(json ? '"served":2' : "Available commands are:");
    await withdrawElsewhere(network, "withdrawn.txt");
    await network.restartServer();
    if (json) await shell.shows('"withdrawn":["withdrawn.txt"]');
    else {await shell.warns(
        "Withdrawn on another device, and not served here any more: withdrawn.txt",
      );}
    await shell.ask("lpf", "kept.txt");
    assertEquals((await shell.finish("xit")).code, 0);
  });
}

Deno.test(
  "a folder withdrawn from an index that has lost it is not published again",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start(FROM_SOURCE, FORGETFUL);
    await publish(network, "kept.txt", "docs/a.txt", "docs/b.txt");
    await network.restartServer();
    const { stdout } = await network.once("hans", "unp", "docs/");
    assertEquals(stdout, "2 files unpublished\n");
    const shown = await servedByShell(network);
    assertEquals(shown.includes("1 file published:\nkept.txt"), true, shown);
  },
);

Deno.test(
  "files that are back are served, even if the index lost all while they were away",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start(FROM_SOURCE, FORGETFUL);
    const hans = await network.rejoin("hans");
    await Deno.writeTextFile(join(hans.folder, "a.txt"), "a");
    await hans.shell.ask("pub a.txt", "File published successfully");
    await hans.shell.finish("xit");
    const away = network.home.pathOf("away.txt");
    await Deno.rename(join(hans.folder, "a.txt"), away);
    await network.restartServer();
    await (await network.rejoin("hans")).shell.finish("lpf", "xit");
    await Deno.rename(away, join(hans.folder, "a.txt"));
    const { shell } = await network.rejoin("hans");
    await waitFor("a.txt", async () => {
      await shell.type("lpf");
      return shell.stdout.includes("1 file published:\na.txt");
    });
  },
);
