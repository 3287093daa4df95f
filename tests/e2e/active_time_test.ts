import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { ACTIVE_MS, HEARTBEAT_MS } from "../../lib/protocol/limits.ts";
import { ReferenceClient } from "../reference/plain_client.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";
import { ANY_PORT, TEST_HOST } from "../support/host.ts";

/** More than any system's queue for a socket holds, as many users' heartbeats would. */
const DATAGRAMS = 20_000;
/** How long the server stands still: more than enough for it to notice. */
const STALL_MS = 250;

async function logIn({ port }: Network, user: string): Promise<ReferenceClient> {
  const client = new ReferenceClient(port);
  assertEquals(await client.login(user, `pw-${user}`), "Welcome to BitTrickle!");
  return client;
}

/** How long `user`, who says nothing any more, stays in the list, in milliseconds from now on. */
async function timeActive(user: string, asker: ReferenceClient): Promise<number> {
  const began = performance.now();
  const isGone = async () => !(await asker.ask("lap")).includes(user);
  await waitFor("the end of the session", isGone);
  return performance.now() - began;
}

/** Sends heartbeats of nobody until some are lost, and for as long as a stall takes at least. */
async function overflow(port: number): Promise<void> {
  using socket = DatagramSocket.bind(ANY_PORT);
  const heartbeat = new TextEncoder().encode("heartbeat yoda");
  const end = performance.now() + STALL_MS;
  for (let sent = 0; sent < DATAGRAMS || performance.now() < end; sent++) {
    await socket.send(heartbeat, { hostname: TEST_HOST, port });
  }
}

/** Waits until the server has read what waited for it, and asks in vain while it has not. */
async function answersAgain(asker: ReferenceClient): Promise<void> {
  let hasAnswered = false;
  await waitFor("an answer", () => {
    asker.ask("lap").then(() => hasAnswered = true);
    return hasAnswered;
  });
}

Deno.test("a server that was stopped waits for the heartbeats that it may have lost", {
  ignore: !MAY_RUN || Deno.build.os === "windows",
}, async () => {
  await using network = await Network.start();
  const vader = await logIn(network, "vader");
  const hans = await logIn(network, "hans");
  const lastHeard = performance.now();
  await hans.close();
  network.server.kill("SIGSTOP");
  await overflow(network.port);
  network.server.kill("SIGCONT");
  await answersAgain(vader);
  await timeActive("hans", vader);
  const active = performance.now() - lastHeard;
  await vader.close();
  assert(active > ACTIVE_MS + HEARTBEAT_MS / 2, `hans was active for ${active} ms`);
});

Deno.test("nobody has to log in again because the server stood still", {
  ignore: !MAY_RUN || Deno.build.os === "windows",
}, async () => {
  await using network = await Network.start();
  const [hans, vader] = [await network.join("hans"), await network.join("vader")];
  const logins = () => network.server.stdout.split('"verb":"login"').length;
  const before = logins();
  network.server.kill("SIGSTOP");
  // The standstill itself, not a wait for something.
  await delay(ACTIVE_MS + 100);
  network.server.kill("SIGCONT");
  await vader.shell.ask("lap", "1 active peer:\nhans\n");
  await hans.shell.ask("lap", "1 active peer:\nvader\n");
  assertEquals(logins(), before, network.server.stdout);
});

Deno.test("a user who is silent is gone after three seconds, and no sooner", {
  ignore: !MAY_RUN,
}, async () => {
  await using network = await Network.start();
  const vader = await logIn(network, "vader");
  const hans = await logIn(network, "hans");
  await hans.close();
  const active = await timeActive("hans", vader);
  await vader.close();
  assert(active > ACTIVE_MS - HEARTBEAT_MS / 4, `hans was active for ${active} ms`);
  assert(active < ACTIVE_MS + HEARTBEAT_MS / 2, `hans was active for ${active} ms`);
});
