/**
 * A client in Python, written from docs/protocol.md alone, against the real server.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Signer } from "../../lib/protocol/signature.ts";
import { Network } from "../support/network.ts";
import { checkVectors, runPython, SOURCES, WITH_PYTHON } from "./python.ts";

const VADER = { user: "vader" };

Deno.test("a client in Python computes what the test vectors say", WITH_PYTHON, async () => {
  const { code, out, err } = await checkVectors();
  assertEquals([code, err], [0, ""]);
  assert(parseInt(out) > 90, out);
});

Deno.test("a client in Python has less than 500 lines of code", WITH_PYTHON, async () => {
  const sources = await Promise.all(SOURCES.map((path) => Deno.readTextFile(path)));
  const code = sources.join("\n").replaceAll(/^ *"""[^]*?"""$/gm, "");
  const lines = code.split("\n").filter((line) => line.trim() && !line.trim().startsWith("#"));
  assert(lines.length < 500, `${lines.length} lines`);
  assert(lines.length > 450, "what is counted?");
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
    const { code, out, err } = await runPython(
      network.port,
      VADER,
      "sch",
      "DROID case:any ext:txt",
    );
    assertEquals([code, err], [0, ""]);
    const found = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    const id = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    assertEquals(found, names.map((name) => ({ name, size: 1, id })));
    const roamed = await runPython(network.port, VADER, "roam", "DROID case:any ext:txt");
    assertEquals(roamed, { code, out, err });
    const again = await runPython(network.port, VADER, "sch", "nothing");
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
    const leia = { user: "leia", password: "alderaan-7" };
    const searched = await runPython(network.port, leia, "sch", "droid");
    assertEquals(searched, { code: 0, out: "", err: "" });
  },
);

Deno.test("a client in Python is told what is wrong", WITH_PYTHON, async () => {
  await using network = await Network.start();
  const guessing = { user: "vader", password: "pw-hans" };
  const refused = await runPython(network.port, guessing, "sch", "droid");
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "wrong password, or no such user");
  const malformed = await runPython(network.port, VADER, "sch", "colour:red");
  assertStringIncludes(malformed.err, "400 bad search: there is no filter colour:");
});

Deno.test(
  "a client in Python that knows the signing key of the index hears nobody else",
  WITH_PYTHON,
  async () => {
    await using network = await Network.start();
    const { code, out, err } = await runPython(network.port, VADER, "key");
    assertEquals([code, err], [0, ""]);
    const known = { ...VADER, signingKey: out.trim() };
    assertEquals(await runPython(network.port, known, "sch", "droid"), { code: 0, out: "", err });
    const other = { ...VADER, signingKey: new Signer(new Uint8Array(32)).publicKey };
    const refused = await runPython(network.port, other, "sch", "droid");
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, "somebody else has answered");
  },
);
