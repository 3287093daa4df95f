/**
 * The programs as on Windows, as far as another system can tell: what is not there throws.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { hostAndPort } from "../support/host.ts";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { AS_ON_WINDOWS, type Ended } from "../support/program.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN || Deno.build.os === "windows" };
/** As Notepad saves it. */
const CREDENTIALS = "# users\r\nhans pw-hans\r\nvader pw-vader\r\n";

function startNetwork(): Promise<Network> {
  return Network.start(AS_ON_WINDOWS, { credentials: CREDENTIALS });
}

/** Writes files of a folder, and returns that. */
async function fill(network: Network, who: string, files: Readonly<Record<string, string>>) {
  const folder = network.home.pathOf(who);
  await Deno.mkdir(join(folder, "lab"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  return folder;
}

function succeeded({ code, stderr }: Ended): void {
  assertEquals(code, 0, stderr);
}

Deno.test("as on Windows: files are shared, watched, got and replaced", AS_PROCESSES, async () => {
  await using network = await startNetwork();
  const folder = await fill(network, "hans", {
    "lab/a.txt": "first",
    "lab/b.tmp": "left out",
    "lab/.bittrickleignore": "# no\r\n*.tmp\r\n",
  });
  const { shell: share } = await network.begin("hans", "share", "lab", "--watch", "--json");
  // At once, or when it is clear that nobody writes it any more.
  const isPublished = () => /"published":1,|"change":"published"/.test(share.stdout);
  await waitFor("the publication", isPublished, 15_000);
  const vader = await network.join("vader");
  await vader.shell.ask("lpf hans", "lab/a.txt");
  assert(!vader.shell.stdout.includes("b.tmp"));
  await vader.shell.ask("get lab/", "1 file downloaded");
  await Deno.writeTextFile(join(folder, "lab/a.txt"), "second");
  await share.shows('"change":"changed"');
  await vader.shell.ask("get lab/a.txt --force", "downloaded successfully");
  assertEquals(await Deno.readTextFile(join(vader.folder, "lab/a.txt")), "second");
  await vader.shell.ask("cat lab/a.txt", "second");
  succeeded(await vader.shell.finish("xit"));
  share.kill("SIGTERM"); // Stands for Ctrl-Break.
  assertEquals(await share.ends(), 0);
});

Deno.test("as on Windows: users, invitations and backups", AS_PROCESSES, async () => {
  await using network = await startNetwork();
  await network.home.write("password.txt", "breathe-deep\r\n");
  await network.home.write("names.txt", "leia\r\nluke\r\n");
  succeeded(await network.administer("user", "add", "yoda", "--password-file", "password.txt"));
  const address = ["--address", hostAndPort(network.port)];
  const invited = await network.administer("invite", "--file", "names.txt", ...address);
  succeeded(invited);
  assertEquals(invited.stdout.trim().split("\n").length, 2);
  await network.home.write("slip.txt", `${invited.stdout.split("\n")[0]!.trim()}\r\n`);
  await network.server.shows('"event":"accounts"');
  const slip = network.home.pathOf("slip.txt");
  const joined = await network.clientAt("join", "leia", [slip, "lap"], {
    BITTRICKLE_PASSWORD: "alderaan-7",
  });
  succeeded(await joined.shell.finish());
  const args = ["passwd", "--user", "leia"];
  const changing = await network.client("leia", args, { BITTRICKLE_PASSWORD: "alderaan-7" });
  succeeded(await changing.shell.finish("yavin-4-yavin"));
  succeeded(await network.administer("data", "backup", "copy.backup"));
  succeeded(await network.administer("data", "check"));
  const status = await network.administer("status");
  assertEquals(status.code, 2);
  assertStringIncludes(status.stderr, "not there on Windows");
  network.server.kill("SIGTERM");
  await network.server.ends();
  succeeded(await network.administer("data", "restore", "copy.backup", "--force"));
  await network.restartServer();
  assertEquals((await network.once("hans", "lap")).code, 0);
});

Deno.test(
  "as on Windows: what is remembered and configured is in its place",
  AS_PROCESSES,
  async () => {
    await using network = await startNetwork();
    const config = network.home.pathOf("App");
    await Deno.mkdir(join(config, "BitTrickle"), { recursive: true });
    const text = `index = "lab"\r\n\r\n[indexes.lab]\r\naddress = "${network.typedIndex}"\r\n`;
    await Deno.writeTextFile(join(config, "BitTrickle/config.toml"), text);
    const env = { BITTRICKLE_PASSWORD: "pw-hans", XDG_CONFIG_HOME: config };
    const { shell } = await network.clientAt(
      "lab",
      "hans",
      ["--user", "hans", "lap", "--json"],
      env,
    );
    succeeded(await shell.finish());
    assertEquals(lastObject(shell.stdout).type, "result");
    const state = network.home.pathOf("state/bittrickle");
    await waitFor("what is remembered", async () => {
      const names = await Array.fromAsync(Deno.readDir(state), ({ name }) => name);
      return names.includes("known_servers") && names.includes("files.db");
    });
  },
);
