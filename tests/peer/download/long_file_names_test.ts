import { assertEquals } from "@std/assert";
import { dirname } from "@std/path";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
/** 1,000 bytes, of which a part is no longer than a part file's name may be. */
const NAME = ["a", "b", "c", "d"].map((letter) => letter.repeat(249)).join("/") + "e";

Deno.test(
  "a file with a name of 1,000 bytes is got by name, by id and by its folder",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    await using hans = await TestPeer.join(index, "hans");
    await using vader = await TestPeer.join(index, "vader");
    await using yoda = await TestPeer.join(index, "yoda");
    await using chewy = await TestPeer.join(index, "chewy");
    await Deno.mkdir(dirname(hans.folder.pathOf(NAME)), { recursive: true });
    await hans.folder.write(NAME, "long");
    await hans.peer.pub(NAME);
    const { details } = await vader.peer.sch("a");
    assertEquals((await vader.peer.get(NAME)).kind, "downloaded");
    const byId = await yoda.peer.get(details![0]!.id!);
    assertEquals([byId.kind, "name" in byId && byId.name], ["downloaded", NAME]);
    const tree = await chewy.peer.getTree(NAME.slice(0, 700).replace(/[^/]*$/, ""));
    assertEquals(tree.downloaded, [NAME]);
  },
);
