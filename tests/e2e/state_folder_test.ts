/**
 * What the client remembers, where it cannot.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { Clients } from "../support/clients.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";
import { ANY_PORT } from "../support/host.ts";

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

/** An environment without a folder for what is remembered; Deno keeps its own. */
function homeless(): Record<string, string> {
  const cache = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache/deno");
  return { XDG_STATE_HOME: "", LOCALAPPDATA: "", HOME: "", DENO_DIR: cache };
}

Deno.test("where nothing can be remembered, that is said", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const env = { ...homeless(), BITTRICKLE_PASSWORD: "pw-hans" };
  const { shell } = await network.client("hans", ["--user", "hans", "lap"], env);
  const { code, stdout, stderr } = await shell.finish();
  assertEquals([code, stdout], [0, "No active peers\n"]);
  assertEquals(stderr.split("\n").filter((line) => line.includes("No folder")), [
    "No folder for the client's state: set HOME or XDG_STATE_HOME, or neither the keys of the " +
    "index nor hashes of files are remembered",
  ]);
});

Deno.test(
  "where nothing can be remembered, no password is sent in clear",
  AS_PROCESSES,
  async () => {
    using index = DatagramSocket.bind(ANY_PORT);
    const heard: string[] = [];
    const receiving = index.receive(async (bytes, from) => {
      heard.push(new TextDecoder().decode(bytes).slice(0, 4));
      await index.send(new TextEncoder().encode("Bad request"), from);
    });
    await using clients = new Clients(await TempFolder.make(), index.address.port, FROM_SOURCE);
    const env = { ...homeless(), BITTRICKLE_PASSWORD: "pw-hans" };
    const { shell } = await clients.client("hans", ["--user", "hans", "lap"], env);
    assertEquals([(await shell.finish()).code, new Set(heard)], [8, new Set(["BT2/"])]);
    index.close();
    await receiving;
  },
);
