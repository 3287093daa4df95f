/**
 * An index that is saved in one file while it runs, and brought back.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ReferenceClient } from "../reference/plain_client.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { data, namesIn, savedIndex } from "../support/saved_index.ts";
import { seededRandom } from "../support/seeded.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** Publishes one name after the other, and remembers what was acknowledged. */
class Publisher implements AsyncDisposable {
  readonly acknowledged: string[] = [];
  readonly #client: ReferenceClient;
  #isOver = false;
  #publishing: Promise<void> | undefined;

  constructor(port: number) {
    this.#client = new ReferenceClient(port);
  }

  async start(): Promise<void> {
    await this.#client.login("yoda", "pw-yoda");
    this.#publishing = this.#publishAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#publishing;
    await this.#client.close();
  }

  async #publishAll(): Promise<void> {
    for (let i = 0; !this.#isOver; i++) {
      if (await this.#client.ask("pub", `n${i}`) !== "File published successfully") continue;
      this.acknowledged.push(`n${i}`);
    }
  }
}

Deno.test(
  "a backup under load has all that was published before, and clients come back to it",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const { home } = network;
    const [hans, vader] = [await network.join("hans"), await network.join("vader")];
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    let before: readonly string[];
    {
      await using publisher = new Publisher(network.port);
      await publisher.start();
      await waitFor("some publications", () => publisher.acknowledged.length >= 200);
      before = publisher.acknowledged.slice();
      const saved = await data(home, "backup", "b");
      assertEquals([saved.code, saved.stdout], [0, ""]);
      assertStringIncludes(saved.stderr, 'Saved in "b"');
    }
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(home.pathOf("b"))).mode! & 0o777, 0o600);
    }
    network.server.kill("SIGTERM");
    await network.server.finish();
    for (const name of await home.names()) {
      if (/^(bittrickle|credentials)/.test(name)) await Deno.remove(home.pathOf(name));
    }
    const restored = await data(home, "restore", "b");
    assertEquals([restored.code, restored.stdout], [0, ""]);
    assertStringIncludes(restored.stderr, "at another, tell users, and invite again who has not");
    const names = await namesIn(home);
    assertEquals(before.filter((name) => !names.has(name)), []);
    assert(names.has("a.txt"));
    await network.restartServer();
    await vader.shell.warns("logged in again");
    await vader.shell.ask("get a.txt", "a.txt downloaded successfully\n");
  },
);

Deno.test("nothing is replaced unless told, and then it is kept", AS_PROCESSES, async () => {
  await using folder = await savedIndex();
  const again = await data(folder, "backup", "b");
  assertEquals(again.code, 7);
  assertStringIncludes(again.stderr, '"b" exists already');
  assertEquals((await data(folder, "backup", "b", "--force")).code, 0);

  await folder.write("credentials.txt", "vader new\n");
  const names = await folder.names();
  const refused = await data(folder, "restore", "b");
  assertEquals(refused.code, 7);
  assertStringIncludes(refused.stderr, "exists already: move it away, or replace it with --force");
  assertEquals(await folder.names(), names);
  const forced = await data(folder, "restore", "b", "--force");
  assertEquals(forced.code, 0);
  assertEquals(await Deno.readTextFile(folder.pathOf("credentials.txt")), "hans pw-hans\n");
  const kept = (await folder.names()).find((name) => name.startsWith("credentials.txt.replaced-"));
  assertEquals(await Deno.readTextFile(folder.pathOf(kept!)), "vader new\n");
  assertEquals(await namesIn(folder), new Set(["a"]));
});

Deno.test("what is no whole backup restores nothing", AS_PROCESSES, async () => {
  await using folder = await savedIndex();
  const whole = await Deno.readFile(folder.pathOf("b"));
  const random = seededRandom(7);
  const damaged = Array.from({ length: 5 }, () => {
    const bytes = whole.slice();
    for (let i = 0; i < 200; i++) bytes[100 + Math.floor(random() * (bytes.length - 100))]! ^= 255;
    return bytes;
  });
  const bad = [
    ...damaged,
    whole.slice(0, whole.length / 2),
    new Uint8Array(),
    new Uint8Array(9_000),
    await Deno.readFile(folder.pathOf("bittrickle.db")),
  ];
  await using target = await TempFolder.make();
  for (const bytes of bad) {
    await target.write("b", bytes);
    const refused = await data(target, "restore", "b");
    assertEquals(refused.code, 7, refused.stderr);
    assertStringIncludes(refused.stderr, 'Cannot use the data in "b": ');
    assertStringIncludes(refused.stderr, "that `bittrickle-server data backup` has written");
    assertEquals((await target.names()).filter((name) => !name.endsWith("-lock")), ["b"]);
  }
  const missing = await data(target, "restore", "c");
  assertEquals([missing.code, missing.stderr], [3, 'There is no file "c"\n']);
  await target.write("bittrickle.db", whole);
  assertStringIncludes((await data(target, "check")).stderr, "it is a backup. Bring it back with");
});

Deno.test("a restore does not touch what a server uses", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await using folder = await savedIndex();
  await Deno.copyFile(folder.pathOf("b"), network.home.pathOf("b"));
  const refused = await data(network.home, "restore", "b", "--force");
  assertEquals(refused.code, 7);
  assertStringIncludes(refused.stderr, "another server, or an import, is using it");
});
