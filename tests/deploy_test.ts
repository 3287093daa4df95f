/**
 * The files for administrators in docs/deploy: systemd, firewall and container take them, and the
 * programs understand what they are started with.
 *
 * @module
 */

import { parseServerLine } from "../lib/server/flags/command_line.ts";
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { parseClientFlags } from "../lib/client/flags.ts";
import { splitWords } from "../lib/client/words.ts";
import { canRun, MAY_USE_DISK } from "./support/permission.ts";
import { systemCommand } from "./support/system_command.ts";

const FOLDER = fromFileUrl(new URL("../docs/deploy/", import.meta.url));
const UNITS = ["bittrickle-server.service", "bittrickle-share@.service"];
/** Most exposure that a unit may have, in tenths: below 2.0 of 10. */
const MOST_EXPOSURE = 19;

const WITH_DISK = { ignore: !MAY_USE_DISK };
const WITH_SYSTEMD = { ignore: !await canRun("systemd-analyze", "--version") };
/** Even to check a file takes the right to see the firewall. */
const WITH_NFTABLES = { ignore: !await canRun("nft", "list", "tables") };

/** What follows `name=` in a file, also between quotes, or as an array of JSON. */
async function valueOf(file: string, name: string): Promise<string> {
  const text = await Deno.readTextFile(FOLDER + file);
  const [, value] = new RegExp(`^(?:Environment=")?${name}[= ](.*?)"?$`, "m").exec(text) ?? [];
  assert(value !== undefined, `${file}: no ${name}`);
  return value;
}

/** Parses the arguments of a client that has no configuration, and is invited. */
function parseClient(args: readonly string[]): unknown {
  if (args[0] === "join") return undefined; // The invitation of an example is cut.
  return parseClientFlags(args, { env: () => undefined, readText: () => "", os: "linux" });
}

for (const unit of UNITS) {
  Deno.test(`${unit} leaves little to attack`, WITH_SYSTEMD, async () => {
    const flags = ["--offline=yes", `--threshold=${MOST_EXPOSURE}`, "--no-pager"];
    await systemCommand("systemd-analyze", "security", ...flags, FOLDER + unit);
  });
}

Deno.test("nftables takes bittrickle.nft", WITH_NFTABLES, async () => {
  await systemCommand("nft", "-c", "-f", `${FOLDER}bittrickle.nft`);
});

Deno.test("the server understands what it is started with", WITH_DISK, async () => {
  parseServerLine(splitWords(await valueOf("bittrickle-server.service", "BITTRICKLE_ARGS")));
  parseServerLine(splitWords(await valueOf("bittrickle-server.default", "BITTRICKLE_ARGS")));
  parseServerLine(JSON.parse(await valueOf("Containerfile", "CMD")));
});

Deno.test("the client understands what it is started with", WITH_DISK, async () => {
  const line = await valueOf("bittrickle-share@.service", "ExecStart");
  const filled = line.replaceAll("%I", "hans").replace("${INDEX}", "index.example.org")
    .replace(/\$\{\w+\}/g, "/srv/share");
  const [program, ...args] = splitWords(filled);
  assertEquals(program, "/usr/local/bin/bittrickle-client");
  parseClient(args);
});

Deno.test("every command that the guide shows is understood", WITH_DISK, async () => {
  const guide = await Deno.readTextFile(`${FOLDER}README.md`);
  const shown = [...guide.matchAll(/^(?:index )?(bittrickle-(?:server|client) .*?)(?: >.*)?$/gm)];
  assert(shown.length > 10);
  for (const [, command] of shown) {
    const [program, ...args] = splitWords(command!);
    (program === "bittrickle-server" ? parseServerLine : parseClient)(args);
  }
});
