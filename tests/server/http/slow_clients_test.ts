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

/** Connections that are being answered. */
function answered(most: number, hosts: Readonly<Record<string, number>>): Connections<string> {
  const connections = new Connections<string>(most);
  for (const [host, count] of Object.entries(hosts)) {
    for (let i = 1; i <= count; i++) {
      connections.enter(`${host} ${i}`, host);
      connections.change(`${host} ${i}`, false);
    }
  }
  return connections;
}

Deno.test({ name: "who is answered stays, if its host has no more", permissions: "none" }, () => {
  const connections = answered(3, { "10.0.0.1": 2, "10.0.0.2": 1 });
  assertEquals(connections.enter("third", "10.0.0.1"), "third");
  assertEquals(connections.enter("second", "10.0.0.2"), "second");
  connections.leave("10.0.0.1 1");
  assertEquals(connections.enter("third", "10.0.0.3"), undefined);
  assert([...connections.all].includes("10.0.0.1 2"));
});

Deno.test(
  { name: "one host does not keep out others by reading slowly", permissions: "none" },
  () => {
    const connections = answered(256, { "10.0.0.1": 256 });
    assert(!connections.hasRoomFor("10.0.0.1"));
    for (let i = 1; i <= 128; i++) {
      assert(connections.hasRoomFor("10.0.0.2"), `no room for ${i}`);
      assertEquals(connections.enter(`other ${i}`, "10.0.0.2"), `10.0.0.1 ${i}`);
      connections.change(`other ${i}`, false);
    }
    assert(!connections.hasRoomFor("10.0.0.2"));
    assertEquals(connections.size, 256);
  },
);

Deno.test({
  name: "one host that reads slowly goes before others that have just come",
  permissions: "none",
}, () => {
  const connections = answered(20, { "10.0.0.1": 15 });
  for (let i = 1; i <= 5; i++) connections.enter(`class ${i}`, "10.0.0.2");
  assertEquals(connections.enter("other", "10.0.0.3"), "10.0.0.1 1");
});

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
