/**
 * Becoming a user by an invitation, with the real programs.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatInvitation, parseInvitation } from "../../lib/protocol/invitation.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, Program } from "../support/program.ts";
import { UdpProxy } from "../support/udp_proxy.ts";
import { hostAndPort } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const PASSWORD = "alderaan-7";

/** Invites `names` to the server of `network`, or to what is at `port`; returns the lines. */
async function invite(network: Network, names: readonly string[], port = network.port) {
  const address = hostAndPort(port);
  const ended = await network.administer("invite", ...names, "--address", address);
  assertEquals(ended.code, 0, ended.stderr);
  await network.server.shows('"event":"accounts"');
  return ended.stdout.trim().split("\n");
}

/** Runs `bittrickle-client join` in the folder of `who`, whose client remembers what it meets. */
function join(
  network: Network,
  who: string,
  args: readonly string[],
  password = PASSWORD,
): Promise<Ended> {
  return joinTyping(network, who, args, password, "xit");
}

/** The same for somebody who types only these lines. */
async function joinTyping(
  network: Network,
  who: string,
  args: readonly string[],
  ...typed: readonly string[]
): Promise<Ended> {
  const folder = network.home.pathOf(who);
  await Deno.mkdir(folder, { recursive: true });
  const env = { XDG_STATE_HOME: network.home.pathOf(`state of ${who}`) };
  const command = [...network.programs.client, "join", ...args];
  await using program = new Program(command, { cwd: folder, env });
  return await program.finish(...typed);
}

async function knownServersOf(network: Network, who: string): Promise<string> {
  const path = network.home.pathOf(`state of ${who}/bittrickle/known_servers`);
  return await Deno.readTextFile(path).catch(() => "");
}

function credentialsOf(network: Network): Promise<string> {
  return Deno.readTextFile(network.home.pathOf("credentials.txt"));
}

Deno.test(
  "an invitation makes a user, pins the keys, and nobody on the way reads a secret",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await using proxy = new UdpProxy(network.address);
    const { port } = proxy.address;
    const [line = ""] = await invite(network, ["leia"], port);
    const { opaqueKey, signingKey, secret, name } = parseInvitation(line);
    const joined = await join(network, "leia", [line]);
    assertStringIncludes(joined.stderr, `leia is invited to the index at ${hostAndPort(port)}`);
    assertStringIncludes(joined.stdout, "Welcome to BitTrickle!");
    assertEquals(joined.code, 0);
    const pin = `${hostAndPort(port)} ${opaqueKey} ${signingKey} leia\n`;
    assertEquals(await knownServersOf(network, "leia"), pin);
    assertMatch(await credentialsOf(network), /^leia opaque:2:[A-Za-z0-9_-]{256}$/m);
    const stored = await Deno.readTextFile(network.home.pathOf("credentials.txt.invitations"));
    assert(stored.includes(`${name} leia `) && !stored.includes(secret));
    assert(proxy.recorded.length > 12);
    for (const { bytes } of proxy.recorded) {
      const text = new TextDecoder("latin1").decode(bytes);
      assert(!text.includes(PASSWORD) && !text.includes(secret));
      assertEquals(text.includes(name), text.includes("BT2/hello invitation:"));
    }
    assertEquals(
      await network.client("leia", ["lap", "--user", "leia"], { BITTRICKLE_PASSWORD: PASSWORD })
        .then(({ shell }) => shell.ends()),
      0,
    );
  },
);

Deno.test(
  "used, revoked, expired, guessed, unknown, for a user who exists: each says so, without effect",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const [used = "", revoked = "", expired = "", exists = "", guessed = ""] = await invite(
      network,
      ["used", "revoked", "expired", "exists", "guessed"],
    );
    assertEquals((await join(network, "used", [used])).code, 0);
    assertEquals((await network.administer("invite", "--revoke", "revoked")).code, 0);
    await network.home.write("password", "another");
    assertEquals(
      (await network.administer("user", "add", "exists", "--password-file", "password")).code,
      0,
    );
    const path = network.home.pathOf("credentials.txt.invitations");
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace(/ expired [0-9]+ /, " expired 1000000000 "));
    await network.restartServer();
    const secret = "A".repeat(22);
    const before = await credentialsOf(network);
    const cases: [line: string, reason: string][] = [
      [used, "this invitation was used already; if that was not you, tell whoever sent it"],
      [revoked, "this invitation was revoked: ask for another"],
      [expired, "this invitation has expired: ask for another"],
      [exists, "there is a user exists already: ask whoever sent the invitation"],
      [formatInvitation({ ...parseInvitation(guessed), secret }), "does not know this invitation"],
      [
        formatInvitation({ ...parseInvitation(guessed), name: "invitation:AAECAwQFBgcICQoL" }),
        "does not know this invitation",
      ],
    ];
    for (const [line, reason] of cases) {
      // No password is asked for first.
      const refused = await joinTyping(network, "stranger", [line]);
      assertStringIncludes(refused.stderr, reason);
      assertEquals([refused.code, await credentialsOf(network)], [5, before], reason);
    }
    assertEquals(await knownServersOf(network, "stranger"), "", "what led nowhere is not pinned");
    assertEquals((await join(network, "guessed", [guessed])).code, 0);
    const listed = await network.administer("invite", "--list");
    assertMatch(
      listed.stdout,
      /^used {2}used\nrevoked {2}revoked\nexpired {2}expired\nexists {2}used\nguessed {2}used\n$/,
    );
  },
);

Deno.test(
  "an invitation counts at the index that it names, and at no other",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await using impostor = await Network.start();
    const [line = ""] = await invite(network, ["leia"]);
    const invitation = parseInvitation(line);
    const index = [{ ...invitation.index[0], port: impostor.port }] as const;
    const elsewhere = { ...invitation, index };
    const refused = await join(network, "leia", [formatInvitation(elsewhere)]);
    assertStringIncludes(refused.stderr, "is not the index that the invitation names");
    assertEquals([refused.code, await knownServersOf(network, "leia")], [8, ""]);
    const [other = ""] = await invite(impostor, ["leia"], network.port);
    assertEquals((await join(network, "leia", [line])).code, 0);
    const forged = await join(network, "leia", [other]);
    assertStringIncludes(
      forged.stderr,
      "The invitation is of another index than the one that is known",
    );
    assertEquals(forged.code, 8);
  },
);

Deno.test(
  "a class is invited from a file before its server has any user",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    await network.home.write("names.txt", "# class 5b\nleia\njürgen\n\nluke\n");
    const args = [
      "--file",
      "names.txt",
      "--address",
      "lab.example:5000",
      "--credentials",
      "new.txt",
    ];
    const invited = await network.administer("invite", ...args, "--expires", "12h");
    const lines = invited.stdout.trim().split("\n").map(parseInvitation);
    assertEquals(lines.map(({ user }) => user), ["leia", "jürgen", "luke"]);
    assertStringIncludes(invited.stderr, "3 people may join until ");
    const again = await network.administer("invite", ...args, "--qr");
    assertEquals(again.stdout.match(/<svg /g)?.length, 3);
    assertStringIncludes(
      again.stdout,
      "bittrickle-client join bittrickle://j%C3%BCrgen@lab.example",
    );
    const listed = await network.administer("invite", "--list", "--credentials", "new.txt");
    assertEquals(listed.stdout.match(/revoked/g)?.length, 3, "the second invitation is the one");
    assertStringIncludes(again.stderr, "Earlier invitations that are revoked by these: 3\n");
    const command = [
      ...network.programs.server,
      "0",
      "--credentials",
      "new.txt",
      "--data",
      ":memory:",
    ];
    await using server = new Program(command, { cwd: network.home.path });
    await server.shows("0 users may log in");
  },
);

Deno.test("a class is invited again without those who have joined", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await network.home.write("names.txt", "hans\nleia\nvader\nluke\n");
  await network.home.write("users.txt", "hans\nvader\n");
  const at = ["--address", "lab.example:5000"];
  const invited = await network.administer("invite", "--file", "names.txt", ...at);
  const lines = invited.stdout.trim().split("\n").map(parseInvitation);
  assertEquals(lines.map(({ user }) => user), ["leia", "luke"]);
  assertMatch(
    invited.stderr,
    /^2 people may join until .+\nNot invited, being users already: hans, vader\n$/,
  );
  const nobody = await network.administer("invite", "--file", "users.txt", ...at);
  assertEquals([nobody.code, nobody.stdout], [7, ""]);
  assertStringIncludes(nobody.stderr, "All of these are users already");
  const named = await network.administer("invite", "hans", "--file", "names.txt", ...at);
  assertEquals([named.code, named.stdout], [7, ""]);
});

Deno.test("every mistake of an invitation is named, and invites nobody", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await network.home.write("bad.txt", "leia\ntwo words\n");
  await network.home.write("twice.txt", "leia\nhan\nleia\n");
  const at = ["--address", "lab.example:5000"];
  const cases: [args: string[], code: number, reason: string][] = [
    [["leia"], 2, "--address HOST:PORT"],
    [["hans", ...at], 7, 'The user "hans" is already there'],
    [["#leia", ...at], 2, "bad name: it begins with #"],
    [["--file", "none.txt", ...at], 2, 'Cannot read the names in "none.txt": no such file'],
    [["--file", "bad.txt", ...at], 2, "line 2: bad name: it holds a space"],
    [["--file", "twice.txt", ...at], 2, 'line 3: "leia" is there twice'],
    [["--revoke", "leia"], 3, 'There is no open invitation for "leia"'],
  ];
  for (const [args, code, reason] of cases) {
    const ended = await network.administer("invite", ...args);
    assertStringIncludes(ended.stderr, reason);
    assertEquals([ended.code, ended.stdout], [code, ""], reason);
  }
  await network.home.write("empty.txt", "");
  const none = await network.administer("invite", "--list");
  assertEquals([none.stdout, none.stderr], ["", "Nobody is invited\n"]);
  const users = await network.administer("user", "list", "--credentials", "empty.txt");
  assertEquals([users.stdout, users.stderr.startsWith("There are no users; ")], ["", true]);
});

Deno.test(
  "an invitation is taken from a file, and a mistake in it sends nothing",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const [line = ""] = await invite(network, ["leia"]);
    await Deno.mkdir(network.home.pathOf("leia"));
    await network.home.write("leia/invitation.txt", `${line}\r\n`);
    const cases: [args: string[], password: string, code: number, reason: string][] = [
      [[], PASSWORD, 2, "join needs an invitation"],
      [["none.txt"], PASSWORD, 2, 'Cannot read the invitation in "none.txt": no such file'],
      [[line.slice(0, -5)], PASSWORD, 2, "copy all of the line"],
      [[line, "--protocol", "1"], PASSWORD, 2, "an invitation needs the sealed protocol"],
      [[line, "--user", "luke"], PASSWORD, 2, "an invitation says who joins"],
      [[line], "two words", 2, "Cannot set the password: it holds a space"],
    ];
    for (const [args, password, code, reason] of cases) {
      const ended = await join(network, "leia", args, password);
      assertStringIncludes(ended.stderr, reason);
      assertEquals(ended.code, code, reason);
    }
    const joined = await join(network, "leia", ["invitation.txt", "lap", "--json"]);
    const [first, last] = joined.stdout.trim().split("\n").map((it) => JSON.parse(it));
    assertEquals([first.verb, first.user, last.verb, joined.code], ["join", "leia", "lap", 0]);
  },
);
