/**
 * What the client remembers, where it cannot.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** What `lap` of hans comes to with the state folder in `state`. */
async function lap(network: Network, state: string, ...flags: string[]) {
  const env = { XDG_STATE_HOME: state, BITTRICKLE_PASSWORD: "pw-hans" };
  const { shell } = await network.client("hans", ["--user", "hans", "lap", ...flags], env);
  return await shell.finish();
}

Deno.test("a state folder that cannot be written keeps nobody out", {
  ignore: !CAN_MOUNT,
}, async () => {
  await using network = await Network.start();
  const path = await network.home.makeFolder("read-only");
  await using _ = await TinyDisk.mount(path, "ro");
  const { code, stdout, stderr } = await lap(network, path);
  assertEquals([code, stdout], [0, "No active peers\n"]);
  const said = stderr.split("\n").filter((line) => line.includes("known servers"));
  assertEquals(said, [
    `Cannot write the known servers in "${path}/bittrickle/known_servers": ` +
    "the disk may only be read; this server is not remembered",
  ]);
  const json = await lap(network, path, "--json");
  const objects = json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).type);
  assertEquals([json.code, json.stderr, objects.at(-1)], [0, "", "result"]);
});

Deno.test("known servers that cannot be read do", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await network.home.makeFolder("odd");
  await network.home.makeFolder("odd/bittrickle");
  await network.home.makeFolder("odd/bittrickle/known_servers");
  const { code, stderr } = await lap(network, network.home.pathOf("odd"));
  assertEquals(code, 7);
  assertStringIncludes(stderr, "Cannot read the known servers");
  assertStringIncludes(stderr, "set XDG_STATE_HOME to another folder");
});
