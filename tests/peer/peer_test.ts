import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { Peer } from "../../lib/peer/peer.ts";
import { FileMemory } from "../../lib/peer/share/file_memory.ts";
import { someBytes } from "../support/bytes.ts";
import { sizeOf, TestPeer } from "../support/test_peer.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TestSource } from "../support/plain_tcp.ts";
import { TestIndex } from "../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

/** Logs `user` in with the upload port of `source`, and publishes `name`, as an old client would. */
async function publishFrom(index: TestIndex, source: TestSource, user: string, name: string) {
  const socket = DatagramSocket.bind({ hostname: "127.0.0.1", port: 0 });
  const requests = [`login ${user} pw-${user} ${source.address.port}`, `pub ${user} ${name}`];
  let answers = 0;
  const receiving = socket.receive(() => {
    if (++answers === requests.length) socket.close();
  });
  for (const text of requests) {
    await socket.send(new TextEncoder().encode(text), index.address);
  }
  await receiving;
}

Deno.test("a file goes from one peer to another", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await using vader = await TestPeer.join(index, "vader");
  const content = someBytes(1_000_000);
  await hans.folder.write("big", content);
  assertEquals(await hans.peer.pub("big"), { kind: "published" });
  assertEquals((await vader.peer.sch("ig")).items, ["big"]);
  assertEquals(sizeOf(await vader.peer.get("big")), content.length);
  assertEquals(await Deno.readFile(vader.folder.pathOf("big")), content);
});

Deno.test("get() of what nobody publishes returns nothing", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  assertEquals(await hans.peer.get("none"), { kind: "nothing" });
});

Deno.test("unp() ends the serving at once", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await using vader = await TestPeer.join(index, "vader");
  await hans.folder.write("a", "a");
  await hans.peer.pub("a");
  assertEquals(await hans.peer.unp("a"), { kind: "unpublished" });
  assertEquals(await hans.peer.unp("a"), { kind: "not published" });
  assertEquals(await vader.peer.get("a"), { kind: "nothing" });
});

Deno.test("a plain get() goes on to another source when one fails", ON_DISK, async () => {
  await using index = new TestIndex();
  await using liar = new TestSource(async (socket) => {
    await socket.write(new TextEncoder().encode("Error: File not found"));
  });
  await publishFrom(index, liar, "yoda", "a");
  await using hans = await TestPeer.join(index, "hans", { protocol: 1 });
  await using vader = await TestPeer.join(index, "vader", { protocol: 1 });
  await hans.folder.write("a", "honest");
  await hans.peer.pub("a");
  for (let i = 0; i < 2; i++) {
    assertEquals(sizeOf(await vader.peer.get("a")), 6);
    await Deno.remove(vader.folder.pathOf("a"));
  }
  assertEquals(liar.asked.length >= 1, true);
});

Deno.test("a plain get() asks three times before it reports failure", ON_DISK, async () => {
  await using index = new TestIndex();
  await using liar = new TestSource(async (socket) => {
    await socket.write(new TextEncoder().encode("Error: File not found"));
  });
  await publishFrom(index, liar, "yoda", "a");
  await using vader = await TestPeer.join(index, "vader");
  const error = await assertRejects(() => vader.peer.get("a"), BitTrickleError);
  assertEquals(error.code, "not_found");
  assertStringIncludes(error.message, "the peer does not serve it");
  assertEquals(liar.asked, ["a", "a", "a"]);
});

Deno.test("get() replaces nothing that is there", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await vader.folder.write("a", "theirs");
  await vader.peer.pub("a");
  await using hans = await TestPeer.join(index, "hans");
  await hans.folder.write("a", "mine");
  const error = await assertRejects(() => hans.peer.get("a"), BitTrickleError);
  assertEquals(error.code, "exists");
  assertEquals(await Deno.readTextFile(hans.folder.pathOf("a")), "mine");
});

Deno.test("who comes back serves again what the folder still holds", ON_DISK, async () => {
  await using index = new TestIndex();
  using memory = FileMemory.inMemory();
  await using hans = await TestPeer.join(index, "hans", { memory });
  for (const name of ["kept", "lost"]) {
    await hans.folder.write(name, name);
    await hans.peer.pub(name);
  }
  await hans.peer.close(0);
  index.clock.offset += 3_500;
  await Deno.remove(hans.folder.pathOf("lost"));
  const again = new Peer({ index: index.address, folder: hans.folder.path, memory });
  await again.logIn("hans", "pw-hans");
  const { served, missing, elsewhere } = (await again.restored)!;
  assertEquals([served, missing, elsewhere].map(({ first }) => first), [["kept"], ["lost"], []]);
  await using vader = await TestPeer.join(index, "vader");
  assertEquals(sizeOf(await vader.peer.get("kept")), 4);
  await again.close(0);
});

Deno.test("publications are made again at an index that forgot them", ON_DISK, async () => {
  const first = new TestIndex();
  await using hans = await TestPeer.join(first, "hans");
  await hans.folder.write("a", "a");
  await hans.peer.pub("a");
  const { port } = first.address;
  await first[Symbol.asyncDispose]();
  await using second = new TestIndex({ port, setup: first.setup });
  assertEquals((await hans.peer.lpf()).items, ["a"]);
  assertEquals(second.address.port, port);
});

Deno.test("names that break the rule never reach the network", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  for (const name of ["../x", "a//b", "CON", "\x1b[2J", ""]) {
    for (const verb of ["pub", "unp", "get"] as const) {
      const error = await assertRejects(() => hans.peer[verb](name), BitTrickleError);
      assertEquals(error.code, "usage");
    }
  }
});

Deno.test("a login asks once what the share of the user is", ON_DISK, async () => {
  using memory = FileMemory.inMemory();
  const asked: string[] = [];
  const { shareOf } = memory;
  memory.shareOf = (user, folder) => {
    asked.push(user);
    return shareOf.call(memory, user, folder);
  };
  await using index = new TestIndex();
  await using _ = await TestPeer.join(index, "hans", { memory });
  assertEquals(asked, ["hans"]);
});
