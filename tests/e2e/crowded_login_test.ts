/**
 * A class behind one router, whose clients all log in at once.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES } from "../support/namespaces.ts";
import { Program } from "../support/program.ts";

const PROGRAM = fromFileUrl(new URL("../support/crowd_of_logins.ts", import.meta.url));
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));
const USERS = Array.from({ length: 200 }, (_, i) => `pupil${i}`);

Deno.test("200 users of one host log in at once, and all are in", {
  ignore: !CAN_MAKE_NAMESPACES,
}, async () => {
  await using network = await NamespacedNetwork.start({ users: USERS });
  const host = await network.namespaces.addHost();
  const deno = [Deno.execPath(), "run", "--quiet", "-P=tests", `--config=${CONFIG}`, PROGRAM];
  const index = [network.indexHost.address, String(network.port)];
  await using clients = new Program(host.command([...deno, ...index, ...USERS]));
  const { stdout } = await clients.finish();
  assertEquals(stdout, "200 are in\n");
});
