import { assertEquals } from "@std/assert";
import { contentsOf, sealedSources } from "../../lib/peer/contents.ts";
import type { Source } from "../../lib/protocol/messages.ts";

const PURE = { permissions: "none" } as const;
const [ID, OTHER] = ["ab".repeat(32), "cd".repeat(32)];
const PASS = { ticket: "t", key: "k" };

function source(user: string, name: string, size: number, id: string): Source {
  const file = { user, name, details: { size, id } };
  return { ip: "127.0.0.1", port: 40_000, file, pass: PASS };
}

Deno.test({ name: "sources of one id and size have one content", ...PURE }, () => {
  const sources = [source("hans", "a", 5, ID), source("yoda", "b", 5, ID)];
  assertEquals(contentsOf(sources, "a"), [
    { id: ID, size: 5, name: "a", users: ["hans", "yoda"] },
  ]);
});

Deno.test({ name: "what most users have comes first", ...PURE }, () => {
  const sources = [
    source("hans", "a", 5, OTHER),
    source("yoda", "a", 5, ID),
    source("chewy", "a", 5, ID),
  ];
  assertEquals(contentsOf(sources, "a").map(({ id }) => id), [ID, OTHER]);
});

Deno.test({ name: "the name that was asked for is kept, whatever others call it", ...PURE }, () => {
  const sources = [source("hans", "b", 5, ID), source("yoda", "a", 5, ID)];
  assertEquals(contentsOf(sources, "a")[0]!.name, "a");
  assertEquals(contentsOf(sources, ID)[0]!.name, "b");
});

Deno.test({ name: "one id with two sizes is two contents, each with its sources", ...PURE }, () => {
  const sources = [source("hans", "a", 5, ID), source("yoda", "a", 6, ID)];
  const contents = contentsOf(sources, "a");
  assertEquals(contents.map(({ size, users }) => [size, ...users]), [[5, "hans"], [6, "yoda"]]);
  const usersOf = contents.map((it) => sealedSources(sources, it, 7).map(({ user }) => user));
  assertEquals(usersOf, [["hans"], ["yoda"]]);
});

Deno.test({ name: "what has no id or no ticket cannot be fetched sealed", ...PURE }, () => {
  const { pass: _, ...plain } = source("hans", "a", 5, ID);
  assertEquals(contentsOf([plain, source("yoda", "a", 5, "-"), { ip: "::1", port: 1 }], "a"), []);
});
