/**
 * Which publications a client serves after a restart: those it made at this very index, from this
 * very folder, wherever both are now.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { FileMemory } from "../../../lib/peer/share/file_memory.ts";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { Peer } from "../../../lib/peer/peer.ts";
import type { PeerOptions } from "../../../lib/peer/peer_options.ts";
import { formatAddress } from "../../../lib/protocol/address.ts";
import { PlainLink } from "../../../lib/peer/session/plain_link.ts";
import { PlainSession } from "../../../lib/peer/session/plain_session.ts";
import { DatagramSocket } from "../../../lib/net/datagrams.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestSession } from "../../support/test_session.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";
import { PORTS } from "../../support/users.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

/** A folder with the files `a` and `b`, a memory, and the clients that use them one by one. */
class Home implements AsyncDisposable {
  readonly memory = FileMemory.inMemory();
  readonly known = new InMemoryKnownServers();

  private constructor(readonly folder: TempFolder) {}

  static async make(): Promise<Home> {
    const home = new Home(await TempFolder.make());
    await home.folder.makeFolder("shared");
    for (const name of ["a", "b"]) await home.folder.write(`shared/${name}`, name);
    return home;
  }

  /** Logs hans in, has him publish `names`, and returns what was served again and what not. */
  async visit(index: TestIndex, names: string[] = [], options: Partial<PeerOptions> = {}) {
    const { memory, known } = this;
    const folder = this.folder.pathOf("shared");
    const peer = new Peer({ index: index.address, folder, memory, known, ...options });
    await peer.logIn("hans", "pw-hans");
    const { served, elsewhere } = (await peer.restored)!;
    for (const name of names) await peer.pub(name);
    await peer.close(0);
    index.clock.offset += 3_500;
    return { served: served.first, elsewhere: elsewhere.first };
  }

  /** What hans serves from the folder. */
  async share(): Promise<string> {
    return this.memory.shareOf("hans", await Deno.realPath(this.folder.pathOf("shared")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.memory[Symbol.dispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

/** Has `index` list `a` and `b` as publications of hans from the folder of `home`. */
async function listBoth(index: TestIndex, home: Home): Promise<void> {
  const share = await home.share();
  await using member = await TestSession.join(index.address, "hans", { share });
  for (const name of ["a", "b"]) {
    await member.ask({ verb: "pub", name, details: { size: 1 } });
  }
}

Deno.test("an index that lists more than was published gets no more", ON_DISK, async () => {
  await using home = await Home.make();
  await using index = new TestIndex();
  await home.visit(index, ["a"]);
  await listBoth(index, home);
  assertEquals(await home.visit(index), { served: ["a"], elsewhere: ["b"] });
});

Deno.test("an index that moves is still the same", ON_DISK, async () => {
  await using home = await Home.make();
  await using first = new TestIndex();
  await home.visit(first, ["a"]);
  await using moved = new TestIndex({ setup: first.setup });
  await listBoth(moved, home);
  assertEquals(await home.visit(moved), { served: ["a"], elsewhere: ["b"] });
});

Deno.test("another index at the same address is not the same", ON_DISK, async () => {
  await using home = await Home.make();
  const first = new TestIndex();
  await home.visit(first, ["a"]);
  const { port } = first.address;
  await first[Symbol.asyncDispose]();
  await using other = new TestIndex({ port });
  await listBoth(other, home);
  const known = new InMemoryKnownServers();
  assertEquals(await home.visit(other, [], { known }), { served: [], elsewhere: ["a", "b"] });
});

Deno.test("what was remembered by the index's address is carried over", ON_DISK, async () => {
  await using home = await Home.make();
  await using index = new TestIndex();
  const folder = await Deno.realPath(home.folder.pathOf("shared"));
  home.memory.publications.put(JSON.stringify([formatAddress(index.address), "hans", folder]), [{
    name: "a",
    isTold: false,
  }]);
  await listBoth(index, home);
  assertEquals(await home.visit(index), { served: ["a"], elsewhere: ["b"] });
  await using moved = new TestIndex({ setup: index.setup });
  await listBoth(moved, home);
  assertEquals(await home.visit(moved), { served: ["a"], elsewhere: ["b"] });
});

Deno.test("a link to the folder is the folder, also as it was remembered", ON_DISK, async () => {
  await using home = await Home.make();
  await using index = new TestIndex();
  const link = home.folder.pathOf("link");
  await Deno.symlink(home.folder.pathOf("shared"), link);
  home.memory.publications.put(JSON.stringify([formatAddress(index.address), "hans", link]), [{
    name: "a",
    isTold: false,
  }]);
  await listBoth(index, home);
  const served = { served: ["a"], elsewhere: ["b"] };
  assertEquals(await home.visit(index, [], { folder: link }), served);
  assertEquals(await home.visit(index), served);
  await Deno.remove(link);
  await Deno.symlink(await home.folder.makeFolder("other"), link);
  await home.folder.write("other/a", "another");
  const other = await home.visit(index, [], { folder: link });
  assertEquals(other, { served: [], elsewhere: ["a", "b"] });
});

Deno.test("an index without a key is known by its address", ON_DISK, async () => {
  await using home = await Home.make();
  await using index = new TestIndex({ plainOnly: true });
  await home.visit(index, ["a"], { protocol: 1 });
  const socket = DatagramSocket.bind({ hostname: "127.0.0.1", port: 0 });
  const session = new PlainSession(new PlainLink(socket, index.address));
  await session.logIn("hans", "pw-hans", PORTS);
  await session.ask({ verb: "pub", name: "b" });
  await session.close();
  index.clock.offset += 3_500;
  const served = { served: ["a"], elsewhere: ["b"] };
  assertEquals(await home.visit(index, [], { protocol: 1 }), served);
});

Deno.test("what was published in protocol 1 is served in protocol 2 as well", ON_DISK, async () => {
  await using home = await Home.make();
  await using index = new TestIndex();
  await home.visit(index, ["a"], { protocol: 1 });
  assertEquals((await home.visit(index, ["b"])).served, ["a"]);
  assertEquals((await home.visit(index)).served, ["a", "b"]);
});

Deno.test("who publishes from here is not told of what other shares have", ON_DISK, async () => {
  await using home = await Home.make();
  await using index = new TestIndex();
  await home.visit(index, ["a"]);
  const share = "ab".repeat(8);
  {
    await using lab = await TestSession.join(index.address, "hans", { share });
    for (const name of ["a", "c"]) await lab.ask({ verb: "pub", name, details: { size: 1 } });
  }
  assertEquals(await home.visit(index), { served: ["a"], elsewhere: [] });
});

Deno.test("who publishes nothing from here is told what nobody serves", ON_DISK, async () => {
  await using home = await Home.make();
  await using index = new TestIndex();
  await home.visit(index);
  const share = "ab".repeat(8);
  {
    await using lab = await TestSession.join(index.address, "hans", { share });
    for (const name of ["a", "c"]) await lab.ask({ verb: "pub", name, details: { size: 1 } });
    index.clock.offset -= 3_500; // It is still there.
    assertEquals(await home.visit(index), { served: [], elsewhere: [] });
  }
  assertEquals(await home.visit(index), { served: [], elsewhere: ["a", "c"] });
});
