import { assertEquals } from "@std/assert";
import { Overlay } from "../../../lib/index/catalogue/overlay.ts";
import { UserTable } from "../../../lib/index/catalogue/user_table.ts";

Deno.test({
  name: "an overlay keeps names in order, and publishers in theirs",
  permissions: "none",
}, () => {
  const users = new UserTable();
  const [hans, vader] = [users.findOrAdd("hans"), users.findOrAdd("vader")];
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
