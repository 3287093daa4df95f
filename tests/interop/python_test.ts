/**
 * A client in Python, written from docs/protocol.md alone, against the real server.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Signer } from "../../lib/protocol/signature.ts";
import { TEST_HOST } from "../support/host.ts";
import { Network } from "../support/network.ts";
import { canRun } from "../support/permission.ts";

const pathOf = (file: string) => fromFileUrl(new URL(file, import.meta.url));
const CLIENT = pathOf("client.py");
/** Computes OPAQUE for the client, and may do nothing else. */
const OPAQUE = [
  ...[Deno.execPath(), "run", "--quiet", "--no-prompt"],
  ...[`--config=${pathOf("../../deno.json")}`, pathOf("opaque.ts")],
];

const WITH_PYTHON = { ignore: !await canRun("python3", "--version") };

/** Runs the client in Python to its end. */
async function python(args: readonly string[], password = "", signingKey?: string) {
  const command = new Deno.Command("python3", {
    args: ["-B", CLIENT, ...args],
    env: {
      BITTRICKLE_PASSWORD: password,
      ...signingKey === undefined ? {} : { BITTRICKLE_SIGNING_KEY: signingKey },
    },
  });
  const { code, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

interface Searching {
  /** To roam is to ask for each page from another port. */
  readonly verb?: "sch" | "roam";
  /** Of the index, if the client knows it. */
  readonly signingKey?: string;
}

function search(
  { port }: Network,
  [user, password]: readonly [user: string, password: string],
  text: string,
  { verb = "sch", signingKey }: Searching = {},
) {
  const where = [TEST_HOST, String(port)];
  return python([verb, ...where, user, text, "--", ...OPAQUE], password, signingKey);
}

const VADER = ["vader", "pw-vader"] as const;

Deno.test("a client in Python computes what the test vectors say", WITH_PYTHON, async () => {
  const { code, out, err } = await python(["check", pathOf("../protocol/vectors")]);
  assertEquals([code, err], [0, ""]);
  assert(parseInt(out) > 40);
});

Deno.test(
  "a client in Python logs in and searches, page after page, each from another address",
  WITH_PYTHON,
  async () => {
    await using network = await Network.start();
    const hans = await network.join("hans");
    const names = Array.from({ length: 40 }, (_, i) => `droid ${i} ${"é".repeat(20)}.txt`).sort();
    for (const name of names) await Deno.writeTextFile(`${hans.folder}/${name}`, "a");
    await hans.shell.ask("pub .", "40 files published");
    const { code, out, err } = await search(network, VADER, "DROID case:any ext:txt");
    assertEquals([code, err], [0, ""]);
    const found = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    const id = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    assertEquals(found, names.map((name) => ({ name, size: 1, id })));
    const roamed = await search(network, VADER, "DROID case:any ext:txt", { verb: "roam" });
    assertEquals(roamed, { code, out, err });
    const again = await search(network, VADER, "nothing");
    assertEquals([again.code, again.out], [0, ""]);
  },
);

Deno.test(
  "a client in Python logs in a user of whom the index has only a record",
  WITH_PYTHON,
  async () => {
    await using network = await Network.start();
    await network.home.write("password", "alderaan-7");
    const added = await network.administer("user", "add", "leia", "--password-file", "password");
    assertEquals(added.code, 0, added.stderr);
    await network.restartServer();
    const { code, out, err } = await search(network, ["leia", "alderaan-7"], "droid");
    assertEquals([code, out, err], [0, "", ""]);
  },
);

Deno.test("a client in Python is told what is wrong", WITH_PYTHON, async () => {
  await using network = await Network.start();
  const refused = await search(network, ["vader", "pw-hans"], "droid");
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "the password is wrong, or there is no such user");
  const malformed = await search(network, VADER, "colour:red");
  assertStringIncludes(malformed.err, "400 bad search: there is no filter colour:");
});

Deno.test(
  "a client in Python that knows the signing key of the index hears nobody else",
  WITH_PYTHON,
  async () => {
    await using network = await Network.start();
    const where = [TEST_HOST, String(network.port)];
    const { code, out, err } = await python(["key", ...where, "vader", "--", ...OPAQUE], VADER[1]);
    assertEquals([code, err], [0, ""]);
    const signingKey = out.trim();
    const known = await search(network, VADER, "droid", { signingKey });
    assertEquals(known, { code: 0, out: "", err: "" });
    const other = new Signer(new Uint8Array(32)).publicKey;
    const refused = await search(network, VADER, "droid", { signingKey: other });
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, "somebody else has answered");
  },
);
