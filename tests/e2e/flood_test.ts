import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { fromFileUrl } from "@std/path";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { forgedHellos } from "../support/forged_hellos.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { TestSession } from "../support/test_session.ts";
import { waitFor } from "../support/wait_for.ts";
import { TestIndex } from "../support/test_index.ts";
import { credentialsOf } from "../support/users.ts";
import { ANY_PORT, otherHost, TEST_HOST } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const FORGED = 100_000;
/** Sent at once every 10 ms: 20,000 a second. A queue that overflows would lose the login itself. */
const BURST = 200;
const MOST_GROWTH_BYTES = 5_000_000;
const SESSIONS = 50;
const REQUESTS = 5_000;

/** Sends forged hellos from many addresses of this machine, while `isGoingOn`. */
async function flood(port: number, isGoingOn: (sent: number) => boolean): Promise<void> {
  const sockets = Array.from({ length: 50 }, (_, i) => {
    return DatagramSocket.bind({ hostname: otherHost(i + 2), port: 0 });
  });
  const hellos = forgedHellos(100);
  for (let i = 0; isGoingOn(i); i++) {
    const to = { hostname: TEST_HOST, port };
    await sockets[i % sockets.length]!.send(hellos[i % hellos.length]!, to);
    if (i % BURST === 0) await delay(10);
  }
  for (const socket of sockets) socket.close();
}

Deno.test("a login takes under a second while 100,000 forged hellos come in", {
  ignore: !MAY_RUN || Deno.build.os !== "linux",
}, async () => {
  await using network = await Network.start();
  let isIn = false;
  const flooding = flood(network.port, (sent) => sent < FORGED || !isIn);
  const began = performance.now();
  await using hans = await TestSession.join(network.address, "hans");
  const took = performance.now() - began;
  isIn = true;
  await flooding;
  assert(took < 1_000, `the login took ${took} ms`);
  assertEquals(await hans.ask({ verb: "lap" }), []);
});

Deno.test("100,000 forged hellos leave nothing in memory", AS_PROCESSES, async () => {
  const script = fromFileUrl(new URL("../support/hello_memory.ts", import.meta.url));
  const args = ["run", "--v8-flags=--expose-gc", script];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const growth = Number(new TextDecoder().decode(stdout) || NaN);
  assert(growth < MOST_GROWTH_BYTES, `${growth} bytes; ${new TextDecoder().decode(stderr)}`);
});

Deno.test(
  "100,000 datagrams of junk make a short log, in which a login is seen",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const to = network.address;
    using socket = DatagramSocket.bind(ANY_PORT);
    for (let i = 0; i < FORGED; i++) await socket.send(new TextEncoder().encode(`junk ${i}`), to);
    await using hans = await TestSession.join(to, "hans");
    assertEquals(await hans.ask({ verb: "lap" }), []);
    const told = ['"left out"', '"verb":"login","user":"hans"', '"verb":"lap","user":"hans"'];
    const { server } = network;
    await waitFor("the log", () => told.every((text) => server.stdout.includes(text)));
    assert(server.stdout.length < 50_000, `${server.stdout.length} characters`);
  },
);

Deno.test("5,000 sealed requests from 50 sessions at once are all answered", async () => {
  const users = Array.from({ length: SESSIONS }, (_, i) => `user${i}`);
  await using index = new TestIndex({ credentials: credentialsOf(users) });
  await using stack = new AsyncDisposableStack();
  const members = await Promise.all(users.map(async (user) => {
    return stack.use(await TestSession.join(index.address, user));
  }));
  const answers = await Promise.all(members.flatMap((member) => {
    const ask = () => member.ask({ verb: "get", name: "nothing" });
    return Array.from({ length: REQUESTS / SESSIONS }, ask);
  }));
  assertEquals(answers, Array(REQUESTS).fill("no source"));
});
