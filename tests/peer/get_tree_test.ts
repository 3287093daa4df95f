/**
 * Getting a tree: what fails stops nothing but itself, and what stops the whole is told.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError, type ErrorCode, interrupted } from "../../lib/errors.ts";
import { getTree, type GottenTree, type TreeSetting } from "../../lib/peer/get_tree.ts";
import type { GetOptions, Gotten } from "../../lib/peer/get_setting.ts";
import { NoRoom } from "../../lib/peer/target.ts";
import { PIECE_BYTES, TREE_PATIENCE_MS } from "../../lib/protocol/limits.ts";

const PURE = { permissions: "none" } as const;
const SMALL = 1_000;
const LARGE = 5 * PIECE_BYTES;

type Get = TreeSetting["get"];

function downloaded(name: string, size = SMALL): Gotten {
  return { kind: "downloaded", name, size, from: ["hans"], kept: 0 };
}

function failing(code: ErrorCode, cause?: unknown): Promise<never> {
  return Promise.reject(new BitTrickleError(code, code, { cause }));
}

/** What comes of a tree of files of these sizes, each of which is fetched by `get`. */
function treeOf(
  sizes: Readonly<Record<string, number>>,
  get: Get,
  options?: GetOptions,
): Promise<GottenTree> {
  const items = Object.keys(sizes);
  const details = Object.values(sizes).map((size) => ({ size, id: "ab".repeat(32) }));
  const search = () => {
    return Promise.resolve({ kind: "list", of: "files found", more: 0, items, details } as const);
  };
  const own = () => {
    return Promise.resolve({ kind: "list", of: "files published", more: 0, items: [] } as const);
  };
  return getTree("t/", { search, get, own }, options);
}

/** `count` small files. */
function files(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`t/${i}`, SMALL]));
}

Deno.test({ name: "what fails is named, and the rest is done", ...PURE }, async () => {
  const tree = await treeOf({ ...files(30), "t/large": LARGE }, (name) => {
    return name.endsWith("7") ? failing("unverified") : Promise.resolve(downloaded(name));
  });
  assertEquals(tree.downloaded.length, 28);
  assertEquals(tree.failed.map(({ name }) => name), ["t/7", "t/17", "t/27"]);
  assertEquals([tree.left, tree.stopped, tree.lacksRoom], [[], undefined, false]);
});

Deno.test(
  { name: "whose sources bring nothing is tried again after all others", ...PURE },
  async () => {
    const tried: [string, number][] = [];
    const get: Get = (name, { patienceMs, sourcePatienceMs }) => {
      assertEquals(patienceMs, 60_000, "a silent index gets all of it");
      tried.push([name, sourcePatienceMs!]);
      const isFirst = tried.filter(([tried]) => tried === name).length === 1;
      if (name === "t/mute") return failing("timeout");
      return name === "t/late" && isFirst ? failing("network") : Promise.resolve(downloaded(name));
    };
    const sizes = { "t/mute": LARGE, "t/late": SMALL, "t/a": SMALL, "t/b": LARGE };
    const tree = await treeOf(sizes, get, { patienceMs: 60_000 });
    assertEquals(tree.downloaded.toSorted(), ["t/a", "t/b", "t/late"]);
    assertEquals(tree.failed.map(({ name, code }) => [name, code]), [["t/mute", "timeout"]]);
    const before = ["t/late", "t/a", "t/mute", "t/b"].map((name) => [name, TREE_PATIENCE_MS]);
    const after = ["t/mute", "t/late"].map((name) => [name, 60_000]);
    assertEquals<unknown>(tried, [...before, ...after]);
  },
);

/** Errors after which there is no point in going on. */
const STOPS: Readonly<Record<string, () => BitTrickleError>> = {
  "an interruption": interrupted,
  "an index that is gone": () => new BitTrickleError("index_gone", "No answer from the index"),
  "a full disk": () => {
    const cause = Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    return new BitTrickleError("disk", 'Cannot write "t/3": the disk is full', { cause });
  },
};

for (const [title, makeError] of Object.entries(STOPS)) {
  Deno.test({ name: `${title} stops the whole, and is told itself`, ...PURE }, async () => {
    const error = makeError();
    const tried: string[] = [];
    const tree = await treeOf({ ...files(100), "t/large": LARGE }, (name, { signal }) => {
      tried.push(name);
      if (name === "t/3") return Promise.reject(error);
      // Those that are under way when it happens are stopped as well.
      if (name !== "t/9") return Promise.resolve(downloaded(name));
      return new Promise((_, reject) => {
        signal!.addEventListener("abort", () => reject(interrupted()));
      });
    });
    assert(tree.stopped === error);
    assert(tried.length < 40, `${tried.length} were tried`);
    assert(tree.left.includes("t/3") && tree.left.includes("t/9") && tree.left.includes("t/large"));
    assertEquals(tree.downloaded.length + tree.left.length, 101);
    assertEquals(tree.failed, []);
  });
}

Deno.test(
  { name: "a file that is too large for the disk leaves room for others", ...PURE },
  async () => {
    const tree = await treeOf({ "t/huge": LARGE, "t/a": SMALL, "t/b": LARGE }, (name) => {
      const cause = new NoRoom("1 MB left");
      return name === "t/huge" ? failing("disk", cause) : Promise.resolve(downloaded(name));
    });
    assertEquals([tree.downloaded, tree.lacksRoom], [["t/a", "t/b"], true]);
    assertEquals(tree.failed.map(({ name }) => name), ["t/huge"]);
  },
);

Deno.test({ name: "a signal reaches what is under way", ...PURE }, async () => {
  const stopping = new AbortController();
  const getting = treeOf(files(3), (_, { signal }) => {
    return new Promise((_, reject) => {
      signal!.addEventListener("abort", () => reject(interrupted()));
    });
  }, { signal: stopping.signal });
  await Promise.resolve();
  stopping.abort();
  const { stopped, left } = await getting;
  assertEquals([stopped?.code, left], ["interrupted", ["t/0", "t/1", "t/2"]]);
});

Deno.test({ name: "a mistake of this program is not taken for a failure", ...PURE }, async () => {
  await assertRejects(() => treeOf(files(3), () => Promise.reject(new TypeError("x"))), TypeError);
});
