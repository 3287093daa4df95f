/**
 * Many users at once, with the real programs.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** Most time for a thousand users, in milliseconds. */
const MOST_MS = 10_000;

function lap(network: Network, user: string, password: string): Promise<number> {
  return network.client(user, ["lap", "--user", user], { BITTRICKLE_PASSWORD: password })
    .then(({ shell }) => shell.ends());
}

function credentialsOf(network: Network): Promise<string> {
  return Deno.readTextFile(network.home.pathOf("credentials.txt"));
}

Deno.test(
  "a thousand names become users within ten seconds, each with a password",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const names = Array.from({ length: 1_000 }, (_, i) => `user${i}`);
    await network.home.write("names.txt", names.join("\n"));
    const began = performance.now();
    const imported = await network.administer("user", "import", "names.txt");
    const ms = performance.now() - began;
    assertEquals([imported.code, imported.stderr], [0, "1000 users may log in\n"]);
    assert(ms < MOST_MS, `${ms} ms`);
    const lines = imported.stdout.trim().split("\n").map((line) => line.split(" "));
    assertEquals(lines.map(([name]) => name), names);
    const passwords = lines.map(([, password]) => password!);
    for (const password of passwords) assertMatch(password, /^(?:[a-km-np-z2-9]{4}-?){7}$/);
    assertEquals(new Set(passwords).size, 1_000);
    const stored = await credentialsOf(network);
    assertEquals(stored.match(/^user\d+ opaque:2:light:[A-Za-z0-9_-]{256}$/mg)?.length, 1_000);
    await network.server.shows('"event":"accounts"');
    assertEquals([
      await lap(network, "user7", passwords[7]!),
      await lap(network, "user7", passwords[8]!),
    ], [0, 5]);
  },
);

Deno.test("passwords that people chose are stretched", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await network.home.write("names.txt", "# 5b\nleia alderaan-7\n\nluke\njürgen tatooine-4\n");
  const imported = await network.administer("user", "import", "names.txt");
  assertEquals([imported.code, imported.stdout.match(/^luke .*\n$/)?.length], [0, 1]);
  assertMatch(await credentialsOf(network), /^leia opaque:2:[A-Za-z0-9_-]{256}$/m);
  await network.server.shows('"event":"accounts"');
  const codes = [["leia", "alderaan-7"], ["jürgen", "tatooine-4"], ["leia", "tatooine-4"]] as const;
  for (const [i, [user, password]] of codes.entries()) {
    assertEquals(await lap(network, user, password), i < 2 ? 0 : 5);
  }
});

Deno.test(
  "a user with a generated password chooses another, which is stretched",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await network.home.write("names.txt", "luke\n");
    const { stdout } = await network.administer("user", "import", "names.txt");
    await network.server.shows('"event":"accounts"');
    const { shell } = await network.client("luke", ["passwd"]);
    const changed = await shell.finish("luke", stdout.trim().split(" ")[1]!, "tatooine-4");
    assertEquals(changed.stdout, "luke has a new password\n");
    assertMatch(await credentialsOf(network), /^luke opaque:2:[A-Za-z0-9_-]{256}$/m);
    assertEquals(await lap(network, "luke", "tatooine-4"), 0);
  },
);

Deno.test("one bad line and nobody is imported; no password is shown", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const before = await credentialsOf(network);
  const cases: [text: string, code: number, reason: string][] = [
    ["leia\nhans\n", 7, 'line 2 of "names.txt": The user "hans" is already there'],
    ["leia secret\nluke secret secret\n", 2, "line 2: bad name: it holds a space"],
    [
      `leia ${"secret".repeat(11)}\n`,
      2,
      'line 1 of "names.txt": bad password: it is longer than 64',
    ],
    ["leia secret\nleia secret\n", 2, 'line 2: "leia" is there twice'],
    ["leia\n\u202eluke\n", 2, "line 2: bad name: it holds a space or unprintable"],
  ];
  for (const [text, code, reason] of cases) {
    await network.home.write("names.txt", text);
    const ended = await network.administer("user", "import", "names.txt");
    assertStringIncludes(ended.stderr, reason);
    assertEquals([ended.code, ended.stdout, await credentialsOf(network)], [code, "", before]);
    assert(!ended.stderr.includes("secret"));
  }
  const missing = await network.administer("user", "import", "none.txt");
  assertStringIncludes(missing.stderr, 'Cannot read the names in "none.txt": no such file');
});
