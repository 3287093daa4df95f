/**
 * What a user publishes, when the tree that it is in is got: it is looked at like any other file.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { listBelow } from "../../../lib/peer/session/list_below.ts";
import type { List } from "../../../lib/peer/session/index_session.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILES = { "t/a": "a", "t/b": "b", "t/c": "c", "s": "s", "u/x": "x" };

/** vader and hans, who both publish all of {@linkcode FILES} but for `t/a`, which vader has alone. */
async function withPeers(run: (vader: TestPeer, hans: TestPeer) => Promise<void>): Promise<void> {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await TestPeer.join(index, "hans");
  for (const member of [vader, hans]) {
    for (const folder of ["t", "u"]) await member.folder.makeFolder(folder);
    for (const [name, content] of Object.entries(FILES)) {
      if (member === hans && name === "t/a") continue;
      await member.folder.write(name, content);
      await member.peer.pub(name);
    }
  }
  await run(vader, hans);
}

Deno.test(
  "what is whole is already there, whoever else is",
  ON_DISK,
  () =>
    withPeers(async (vader) => {
      const { present, downloaded, failed } = await vader.peer.getTree("t/");
      assertEquals([present.toSorted(), downloaded, failed], [["t/a", "t/b", "t/c"], [], []]);
    }),
);

Deno.test(
  "what is missing comes from others, or is said to be lost",
  ON_DISK,
  () =>
    withPeers(async (vader, hans) => {
      for (const name of ["t/a", "t/b"]) await Deno.remove(vader.folder.pathOf(name));
      const { present, downloaded, failed } = await vader.peer.getTree("t/");
      assertEquals([present, downloaded], [["t/c"], ["t/b"]]);
      assertEquals(failed.map(({ name, code }) => [name, code]), [["t/a", "not_found"]]);
      assertStringIncludes(failed[0]!.reason, "what you published is not in the folder any more");
      assertEquals(await Deno.readTextFile(vader.folder.pathOf("t/b")), "b");
      // It is served again at once.
      await Deno.remove(hans.folder.pathOf("t/b"));
      await hans.peer.unp("t/b");
      assertEquals((await hans.peer.getTree("t/")).downloaded, ["t/b"]);
    }),
);

Deno.test(
  "what is another file now is left as it is, unless it is got by its name",
  ON_DISK,
  () =>
    withPeers(async (vader) => {
      for (const name of ["t/a", "t/b"]) await vader.folder.write(name, "changed");
      const { present, failed } = await vader.peer.getTree("t/");
      assertEquals(present, ["t/c"]);
      const codes = failed.map(({ name, code }) => [name, code]).sort();
      assertEquals(codes, [["t/a", "exists"], ["t/b", "exists"]]);
      assertEquals(await Deno.readTextFile(vader.folder.pathOf("t/b")), "changed");

      const forced = await vader.peer.getTree("t/", { force: true });
      assertEquals([forced.present, forced.downloaded], [["t/c"], []]);
      assertEquals(forced.failed.map(({ name, code }) => [name, code]).sort(), codes);
      const reason = forced.failed.find(({ name }) => name === "t/b")!.reason;
      assertStringIncludes(reason, "you publish it, and changed it: get it alone to replace it");
      for (const name of ["t/a", "t/b"]) {
        assertEquals(await Deno.readTextFile(vader.folder.pathOf(name)), "changed");
      }
      await vader.peer.get("t/b", { force: true });
      assertEquals(await Deno.readTextFile(vader.folder.pathOf("t/b")), "b");
    }),
);

function page(items: readonly string[], more: number): List {
  return { kind: "list", of: "files published", items, more };
}

Deno.test(
  { name: "listBelow() asks for no page that it does not need", permissions: "none" },
  async () => {
    const pages = [page(["t/a", "t/b"], 5), page(["t/c", "u"], 3), page(["v"], 2)];
    const asked: string[] = [];
    const list = await listBelow("t/", (after) => {
      asked.push(after);
      return Promise.resolve(pages.shift()!);
    });
    assertEquals(list.items, ["t/a", "t/b", "t/c"]);
    assertEquals(asked, ["t/", "t/b"]);
  },
);

Deno.test({ name: "listBelow() ends at a page that leads back", permissions: "none" }, async () => {
  for (const next of [["t/b"], ["t/a"], []]) {
    const pages = [page(["t/a", "t/b"], 5), page(next, 5)];
    const list = await listBelow("t/", () => Promise.resolve(pages.shift()!));
    assertEquals(list.items, ["t/a", "t/b"]);
  }
});
