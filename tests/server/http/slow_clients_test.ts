import { assert, assertEquals } from "@std/assert";
import { Connections } from "../../../lib/server/http/connections.ts";
import { TestSite } from "../../support/test_site.ts";
import { waitFor } from "../../support/wait_for.ts";

Deno.test("slow clients make room for others", async () => {
  await using site = new TestSite({ connections: 20 });
  await using stack = new AsyncDisposableStack();
  for (let i = 0; i < 200; i++) {
    const slow = stack.adopt(await Deno.connect(site.address), (it) => it.close());
    await slow.write(new TextEncoder().encode("GET / HT")).catch(() => {});
    if (i % 50 === 0) assertEquals((await site.ask({ path: "/healthz" })).status, 200);
  }
  // Well before their time is over.
  await waitFor("room", () => site.server.size <= 20, 2_000);
  assertEquals((await site.ask({ path: "/healthz" })).status, 200);
});

Deno.test({ name: "the host that has most goes first", permissions: "none" }, () => {
  const connections = new Connections<number>(4);
  assertEquals(connections.enter(1, "10.0.0.1"), undefined);
  assertEquals(connections.enter(2, "10.0.0.2"), undefined);
  assertEquals(connections.enter(3, "10.0.0.2"), undefined);
  assertEquals(connections.enter(4, "10.0.0.3"), undefined);
  assertEquals(connections.enter(5, "10.0.0.4"), 2);
  assertEquals([connections.enter(6, "10.0.0.4"), connections.size], [5, 4]);
});

Deno.test(
  { name: "who is answered stays, and then nobody else comes in", permissions: "none" },
  () => {
    const connections = new Connections<number>(2);
    for (const connection of [1, 2]) {
      connections.enter(connection, "10.0.0.1");
      connections.change(connection, false);
    }
    assertEquals(connections.enter(3, "10.0.0.2"), 3);
    connections.leave(3);
    connections.leave(1);
    assertEquals(connections.enter(4, "10.0.0.2"), undefined);
    assert([...connections.all].includes(2));
  },
);

Deno.test("clients that do not leave make room, too", async () => {
  await using site = new TestSite({ connections: 20 });
  await using stack = new AsyncDisposableStack();
  const request = new TextEncoder().encode("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (let i = 0; i < 60; i++) {
    const idle = stack.adopt(await Deno.connect(site.address), (it) => it.close());
    await idle.write(request);
    await idle.read(new Uint8Array(1));
  }
  assertEquals((await site.ask({ path: "/healthz" })).status, 200);
});
