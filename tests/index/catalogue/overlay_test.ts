import { assertEquals } from "@std/assert";
import { Overlay } from "../../../lib/index/catalogue/overlay.ts";
import { PublisherTable } from "../../../lib/index/catalogue/publisher_table.ts";
import { PLAIN_SHARE } from "../../../lib/protocol/share.ts";

Deno.test({
  name: "an overlay keeps names in order, and publishers in theirs",
  permissions: "none",
}, () => {
  const users = new PublisherTable();
  const [hans, vader] = [
    users.findOrAdd("hans", PLAIN_SHARE),
    users.findOrAdd("vader", PLAIN_SHARE),
  ];
  const overlay = new Overlay(users);
  for (const name of ["b", "🎬", "a", "ﬁ"]) overlay.add(vader, name, undefined);
  overlay.add(hans, "a", { size: 1 });
  const names = Array.from({ length: overlay.length }, (_, place) => overlay.nameAt(place));
  assertEquals(names, ["a", "b", "🎬", "ﬁ"]);
  assertEquals([...overlay.publishersOf("a")].map(({ user }) => user), ["vader", "hans"]);
  assertEquals([...overlay.namesOf(vader, "a")].map(({ name }) => name), ["b", "🎬", "ﬁ"]);
  overlay.remove(vader, "a");
  overlay.remove(vader, "b");
  overlay.remove(vader, "c");
  assertEquals([overlay.length, overlay.size], [4, 3]);
  assertEquals([overlay.isPublished(0), overlay.isPublished(1)], [true, false]);
});
