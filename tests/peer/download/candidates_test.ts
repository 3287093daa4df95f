import { assertEquals } from "@std/assert";
import { contentsOf, sealedSources } from "../../../lib/peer/download/candidates.ts";
import type { Source } from "../../../lib/protocol/messages.ts";

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
    { id: ID, size: 5, name: "a", isNamedByOthers: false, users: ["hans", "yoda"] },
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

/** What a content is called that was asked for as `wanted` and is called so by others. */
function nameOf(wanted: string, ...names: string[]): string | undefined {
  const [content] = contentsOf(names.map((name, i) => source(`user${i}`, name, 5, ID)), wanted);
  return content && `${content.name}${content.isNamedByOthers ? " (theirs)" : ""}`;
}

Deno.test({ name: "the name that was asked for is kept, whatever others call it", ...PURE }, () => {
  assertEquals(nameOf("a", "b", "a"), "a");
  assertEquals(nameOf("a", ""), "a");
  // Who called it so is away.
  assertEquals(nameOf("report.pdf", "run.sh"), "report.pdf");
  assertEquals(nameOf("beef", "run.sh"), "beef");
  assertEquals(nameOf("abab", "abab", "run.sh", "run.sh"), "abab");
});

Deno.test({
  name: "by its id a content is called as most call it, or the first of several",
  ...PURE,
}, () => {
  for (const wanted of [ID, "abab", `${ID}:5`, "abab:5"]) {
    assertEquals(nameOf(wanted, "b"), "b (theirs)");
    assertEquals(nameOf(wanted, "c", "b", "c"), "c (theirs)");
    assertEquals(nameOf(wanted, "c", "b"), "b (theirs)");
    assertEquals(nameOf(wanted, "../c", "b", "../c"), "b (theirs)");
    assertEquals(nameOf(wanted, ".."), `${ID} (theirs)`);
  }
});

Deno.test(
  { name: "who has a part only tells no name, as it is told as it was asked for", ...PURE },
  () => {
    const sources = [
      source("hans", "film.mp4", 5, ID),
      ...["yoda", "chewy"].map((user) => ({
        ...source(user, ID, 5, ID),
        isPartial: true as const,
      })),
    ];
    const found = { id: ID, size: 5, isNamedByOthers: true };
    const users = ["hans", "yoda", "chewy"];
    assertEquals(contentsOf(sources, ID), [{ ...found, name: "film.mp4", users }]);
    const partial = { ...found, name: ID, users: users.slice(1) };
    assertEquals(contentsOf(sources.slice(1), ID), [partial]);
  },
);

Deno.test({ name: "what is not the content that was asked for does not count", ...PURE }, () => {
  for (const wanted of [OTHER, `${ID}:6`, "abab:6", `${OTHER}:5`]) {
    assertEquals(nameOf(wanted, "b"), undefined);
  }
  // A file may be called like an id.
  assertEquals(nameOf(OTHER, OTHER), OTHER);
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
  const unknown = {
    ...source("yoda", "a", 5, ID),
    file: { user: "yoda", name: "a", details: { size: 5 } },
  };
  assertEquals(contentsOf([plain, unknown, { ip: "::1", port: 1 }], "a"), []);
});
