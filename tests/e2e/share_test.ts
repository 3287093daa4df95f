/**
 * `share`, as a service manager runs it: nobody types, and nobody looks.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { jsonLines, lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const ON_UNIX = { ignore: !MAY_RUN || Deno.build.os === "windows" };
const ON_LINUX = { ignore: !MAY_RUN || Deno.build.os !== "linux" };

/** Within which others find what has changed, in milliseconds from the last write on. */
const PROMISED_MS = 5_000;

/** Makes the folder of hans with `files`, whose content is their name. */
async function fill(network: Network, ...files: string[]): Promise<string> {
  const folder = network.home.pathOf("hans");
  await Deno.mkdir(`${folder}/lab`, { recursive: true });
  for (const file of files) await Deno.writeTextFile(`${folder}/${file}`, file);
  return folder;
}

/** What vader's shell finds by `word`. */
async function find(shell: Awaited<ReturnType<Network["join"]>>["shell"], word: string) {
  const before = shell.stdout.length;
  await shell.type(`sch ${word}`);
  const answer = () => shell.stdout.slice(before);
  await waitFor("an answer", () => /found/.test(answer()));
  return /^\d+ files? found/m.test(answer());
}

Deno.test(
  "share publishes, reads nothing, and ends with 0 when it is told to",
  ON_UNIX,
  async () => {
    await using network = await Network.start();
    const folder = await fill(network, "lab/a", "lab/b.tmp", "lab/c.key", "other");
    await Deno.writeTextFile(`${folder}/.bittrickleignore`, "*.key\n");
    const args = ["share", "lab", "--exclude", "*.tmp", "--json"];
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { shell } = await network.begin("hans", ...args);
      await shell.shows('"type":"ready"');
      const { shell: vader } = await network.join("vader");
      await vader.ask("lpf hans", "1 file published:");
      await vader.ask("get lab/a", "downloaded successfully");
      await vader.finish("xit");
      shell.kill(signal);
      assertEquals([await shell.ends(), shell.stderr], [0, ""]);
      const [sharing, ready, result] = jsonLines(shell.stdout);
      assertEquals([sharing!.names, sharing!.watching], [["lab"], false]);
      assertEquals([ready!.published, ready!.ignored], [1, 2]);
      assertEquals([result!.type, result!.verb], ["result", "share"]);
      await Deno.remove(network.home.pathOf("vader/lab"), { recursive: true });
    }
  },
);

Deno.test(
  "share asks for nothing where nobody is, and is not for a shell",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await fill(network);
    const { shell } = await network.client("hans", ["--user", "hans", "share"]);
    assertEquals(await shell.ends(), 2, "though its input has not ended");
    assertStringIncludes(shell.stderr, "share reads nothing from its input: add --user NAME");
    const missing = await network.once("hans", "share", "none", "--json");
    assertEquals([missing.code, lastObject(missing.stdout).code], [3, "not_found"]);
    const { shell: typed } = await network.join("vader");
    await typed.type("share");
    await typed.warns("share is a command of its own");
  },
);

for (const [kind, place] of [["a file", ""], ["an abstract name", "@"]] as const) {
  Deno.test(`a service manager that listens at ${kind} is told`, ON_LINUX, async () => {
    await using network = await Network.start();
    await fill(network, "lab/a");
    const path = `${network.home.path}/manager`;
    const manager = Deno.listenDatagram({
      transport: "unixpacket",
      path: place === "@" ? `\0${path}` : path,
    });
    using _ = { [Symbol.dispose]: () => manager.close() };
    const env = { BITTRICKLE_PASSWORD: "pw-hans", NOTIFY_SOCKET: `${place}${path}` };
    const { shell } = await network.client("hans", ["--user", "hans", "share"], env);
    const next = async () => new TextDecoder().decode((await manager.receive())[0]);
    assertEquals(await next(), "EXTEND_TIMEOUT_USEC=60000000", "reading files may take hours");
    assertEquals(await next(), "READY=1");
    await shell.shows("Ready: 1 file published");
    assertEquals(shell.stdout, "Sharing all of the folder\nReady: 1 file published\n");
    shell.kill("SIGTERM");
    assertEquals([await next(), await shell.ends()], ["STOPPING=1", 0]);
    assertEquals(shell.stdout.split("\n").at(-2), "Stopped sharing");
  });
}

Deno.test(
  "share ends with 0 and a result before the index has answered as well",
  ON_UNIX,
  async () => {
    await using network = await Network.start();
    await fill(network);
    await network.server[Symbol.asyncDispose]();
    const { shell } = await network.begin("hans", "share", "--json");
    const state = network.home.pathOf("state/bittrickle/files.db");
    await waitFor("a client", () => Deno.stat(state).then(() => true, () => false));
    shell.kill("SIGTERM");
    assertEquals([await shell.ends(), lastObject(shell.stdout)], [0, {
      v: 1,
      type: "result",
      verb: "share",
    }]);
  },
);

Deno.test("what the client keeps for itself is never shared", ON_UNIX, async () => {
  await using network = await Network.start();
  const folder = await fill(network, "lab/a");
  await Deno.writeTextFile(`${folder}/lab/secret`, "pw-hans\n");
  await Deno.symlink("lab/secret", `${folder}/link`);
  const env = { BITTRICKLE_PASSWORD: "", XDG_STATE_HOME: `${folder}/lab/state` };
  const flags = ["--user", "hans", "--password-file", "link"];
  const { shell } = await network.client("hans", [...flags, "share", "--watch", "--json"], env);
  await shell.shows('"type":"ready"');
  await Deno.writeTextFile(`${folder}/lab/b`, "b");
  await shell.shows('"name":"lab/b"');
  assertEquals(
    (await network.once("vader", "lpf", "hans")).stdout,
    "2 files published:\nlab/a\nlab/b\n",
  );
  shell.kill("SIGTERM");
  assertEquals(await shell.ends(), 0);
  const { shell: typing } = await network.client("hans", flags, env);
  const reason = "this client keeps it for itself: a password, or what it remembers";
  await typing.type("pub lab/secret");
  await typing.warns(`Cannot publish "lab/secret": ${reason}`);
  await typing.ask("pub lab", "2 files published");
});

Deno.test("a service manager that is not there is named, and no more", ON_UNIX, async () => {
  await using network = await Network.start();
  await fill(network, "lab/a");
  const env = { BITTRICKLE_PASSWORD: "pw-hans", NOTIFY_SOCKET: "/none/of/it" };
  const { shell } = await network.client("hans", ["--user", "hans", "share"], env);
  await shell.warns("The service manager cannot be told that this is ready");
  shell.kill("SIGTERM");
  assertEquals(await shell.ends(), 0);
});

for (const flag of ["--watch", "--poll"]) {
  Deno.test(
    `share ${flag}: found when it is complete, and gone when it is not there`,
    ON_UNIX,
    async () => {
      await using network = await Network.start();
      const folder = await fill(network, "lab/first");
      const { shell } = await network.begin("hans", "share", flag);
      await shell.shows("Ready: ");
      const { shell: vader } = await network.join("vader");
      const isFound = (word: string) => find(vader, word);

      const file = await Deno.open(`${folder}/lab/slow`, { write: true, create: true });
      for (const end = performance.now() + 10_000; performance.now() < end;) {
        await file.write(new Uint8Array(10_000));
        assert(!await isFound("slow"), "it is still being written");
        await delay(250);
      }
      file.close();
      await waitFor("the complete file", () => isFound("slow"), PROMISED_MS);
      const { size } = await Deno.stat(`${folder}/lab/slow`);
      await vader.ask("get lab/slow", "downloaded successfully");
      assertEquals((await Deno.stat(network.home.pathOf("vader/lab/slow"))).size, size);

      await Deno.remove(`${folder}/lab/slow`);
      await Deno.remove(`${folder}/lab/first`);
      await waitFor("its end", async () => !await isFound("slow"), PROMISED_MS);
      await shell.shows('Withdrawn "lab/');
      shell.kill("SIGTERM");
      assertEquals([await shell.ends(), shell.stderr], [0, ""]);
    },
  );
}

Deno.test("what another client of the folder withdraws stays withdrawn", ON_UNIX, async () => {
  await using network = await Network.start();
  const folder = await fill(network, "lab/a", "lab/b");
  const { shell } = await network.begin("hans", "share", "--watch");
  await shell.shows("Ready: ");
  const areThere = async () => (await network.once("vader", "lpf", "hans")).stdout.startsWith("2");
  await waitFor("both", areThere);
  assertEquals((await network.once("hans", "unp", "lab/a")).code, 0);
  await Deno.writeTextFile(`${folder}/lab/c`, "c");
  await shell.shows('Published "lab/c"', PROMISED_MS);
  const { stdout } = await network.once("vader", "lpf", "hans");
  assertEquals(stdout, "2 files published:\nlab/b\nlab/c\n");
});

Deno.test("a share whose user is let in no more ends with 5", ON_UNIX, async () => {
  await using network = await Network.start();
  await fill(network, "lab/a");
  const { shell } = await network.begin("hans", "share", "--watch", "--json");
  await shell.shows('"type":"ready"');
  assertEquals((await network.administer("user", "disable", "hans")).code, 0);
  assertEquals(await shell.ends(), 5);
  assertEquals(lastObject(shell.stdout).code, "login_refused");
});
