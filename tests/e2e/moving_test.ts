/**
 * Clients and servers that have several addresses, or other ones than before.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES, type NetworkHost } from "../support/namespaces.ts";
import { waitFor } from "../support/wait_for.ts";

const IN_NAMESPACES = { ignore: !CAN_MAKE_NAMESPACES };
const USERS = ["hans", "yoda"];
/** How soon after the return of the network everything works again. */
const BACK_MS = 5_000;
/** How soon another server is found. */
const SERVER_MS = 6_000;
/** How long it takes until a client is missed that the index hears no more, and some. */
const IDLE_MS = 5_000;

/** The address of `host` that is good on its link alone. */
async function linkLocalAddressOf(host: NetworkHost): Promise<string> {
  const show = () => host.ip("-6", "addr", "show", "dev", "eth0", "scope", "link", "-tentative");
  await waitFor("an IPv6 address", async () => (await show()).includes("fe80"));
  return /fe80[0-9a-f:]*/.exec(await show())![0];
}

Deno.test(
  "a client that gets another address goes on, and serves from there",
  IN_NAMESPACES,
  async () => {
    await using network = await NamespacedNetwork.start({ users: USERS });
    const hans = await network.join("hans");
    const yoda = await network.join("yoda");
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    await hans.host.move();
    await hans.shell.ask("lap", "1 active peer:\nyoda\n");
    await yoda.shell.ask("get a.txt", "a.txt downloaded successfully\n");
    await hans.host.move();
    const until = performance.now() + IDLE_MS;
    await waitFor("heartbeats from there", async () => {
      await yoda.shell.ask("lap", "1 active peer:\nhans\n");
      return performance.now() > until;
    });
    assert(!hans.shell.stderr.includes("index"), hans.shell.stderr); // Its session has gone on.
  },
);

Deno.test(
  "a network that was off for a while ends no session for good",
  IN_NAMESPACES,
  async () => {
    await using network = await NamespacedNetwork.start({ users: USERS });
    const hans = await network.join("hans");
    await hans.host.disable();
    await hans.shell.warns("does not answer any more");
    await hans.shell.type("lap");
    await hans.shell.warns("Cannot send to the index");
    await hans.host.enable();
    await hans.shell.warns("The index is back", BACK_MS);
    await hans.shell.ask("lap", "No active peers\n");
  },
);

Deno.test(
  "a client that gets another address while its server is lost serves from there",
  IN_NAMESPACES,
  async () => {
    await using network = await NamespacedNetwork.start({ users: USERS });
    const { host, server } = await network.addServer();
    const index = [network.indexHost.address, host.address];
    const hans = await network.join("hans", { index });
    await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
    await hans.shell.ask("pub a.txt", "File published successfully\n");
    const isAtSecond = server.stdout.includes('"user":"hans"');
    const [lost, left] = isAtSecond ? index.toReversed() : index;
    (isAtSecond ? server : network.server).kill("SIGKILL");
    await hans.host.move();
    await hans.shell.warns(`Lost ${lost}:7000, now at ${left}:7000`, SERVER_MS);
    const yoda = await network.join("yoda", { index });
    await yoda.shell.ask("get a.txt", "a.txt downloaded successfully\n");
    await hans.host.move();
    await hans.shell.ask("lap", "1 active peer:\nyoda\n");
    assertEquals(hans.shell.stderr.match(/index|Lost/g), ["Lost"], hans.shell.stderr);
  },
);

Deno.test(
  "a server on all addresses is heard from whichever it answers",
  IN_NAMESPACES,
  async () => {
    await using network = await NamespacedNetwork.start({ users: USERS, listenOn: "0.0.0.0" });
    const second = network.namespaces.freeAddress();
    await network.indexHost.addAddress(second);
    const hans = await network.join("hans", { index: second });
    await hans.shell.ask("sch nothing", "No files found\n");
    await hans.shell.type("xit");
    assertEquals(await hans.shell.ends(), 0);
  },
);

Deno.test("an index is found at an address of one link alone", IN_NAMESPACES, async () => {
  await using network = await NamespacedNetwork.start({ users: USERS, listenOn: "::" });
  const address = await linkLocalAddressOf(network.indexHost);
  const host = await network.namespaces.addHost();
  await linkLocalAddressOf(host);
  const hans = await network.join("hans", { index: `${address}%eth0`, host });
  await hans.shell.ask("lap", "No active peers\n");
});
