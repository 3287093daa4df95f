/**
 * Getting a tree: what fails stops nothing but itself, and what stops the whole is told.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { BitTrickleError, type ErrorCode, interrupted } from "../../../lib/errors.ts";
import { getTree, type GottenTree, type TreeSetting } from "../../../lib/peer/download/get_tree.ts";
import type { GetOptions, Gotten } from "../../../lib/peer/download/get_setting.ts";
import { NoRoom } from "../../../lib/peer/download/target.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";

const PURE = { permissions: "none" } as const;
const SMALL = 1_000;
const LARGE = 5 * PIECE_BYTES;
/** How long a file of which nothing comes may delay the others. */
const TURN_MS = 40;

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
  return getTree("t/", { search, get, own, turnMs: TURN_MS }, options);
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

/** Fetches nothing until `released`. */
function afterAll(released: Promise<void>): Get {
  return async (name) => {
    await released;
    return downloaded(name);
  };
}

Deno.test({ name: "a file whose sources bring nothing delays no other", ...PURE }, async () => {
  const released = Promise.withResolvers<void>();
  const begun: string[] = [];
  const get: Get = (name, options) => {
    assertEquals([options.patienceMs, options.sourcePatienceMs], [600_000, 300_000]);
    begun.push(name);
    if (name === "t/last") released.resolve();
    return name.startsWith("t/silent")
      ? afterAll(released.promise)(name, options)
      : Promise.resolve(
        downloaded(name),
      );
  };
  const silent = Array.from(
    { length: 20 },
    (_, i) => [`t/silent${i}`, i % 2 === 0 ? SMALL : LARGE],
  );
  const sizes = { ...Object.fromEntries(silent), "t/a": SMALL, "t/last": LARGE };
  const tree = await treeOf(sizes, get, { patienceMs: 600_000 });
  assertEquals([tree.downloaded.length, tree.failed, tree.left], [22, [], []]);
  assertEquals([begun.at(-1), begun.length], ["t/last", 22]);
});

Deno.test({ name: "a file of which something comes is waited for", ...PURE }, async () => {
  const begun: string[] = [];
  const tree = await treeOf({ "t/slow": LARGE, "t/next": LARGE }, async (name, options) => {
    begun.push(name);
    for (let i = 0; name === "t/slow" && i < 10; i++) {
      await delay(TURN_MS / 4);
      if (i % 2 === 0) options.onActivity?.();
      else {options.onProgress?.({
          phase: "downloading",
          bytes: i,
          total: LARGE,
          kept: 0,
          sources: 1,
        });}
      assertEquals(begun, ["t/slow"]);
    }
    return downloaded(name);
  });
  assertEquals(begun, ["t/slow", "t/next"]);
  assertEquals(tree.downloaded, ["t/next", "t/slow"], "by name");
});

Deno.test({ name: "no more than so many files wait in the background", ...PURE }, async () => {
  const released = Promise.withResolvers<void>();
  let [waiting, most] = [0, 0];
  const get: Get = async (name) => {
    most = Math.max(most, ++waiting);
    if (waiting === 64 + 32) setTimeout(() => released.resolve(), 3 * TURN_MS);
    await released.promise;
    waiting--;
    return downloaded(name);
  };
  const tree = await treeOf(files(200), get);
  assertEquals([tree.downloaded.length, most], [200, 64 + 32]);
});

Deno.test(
  { name: "what stops the whole is told when it happens to one aside", ...PURE },
  async () => {
    const gone = new BitTrickleError("index_gone", "No answer from the index");
    const tree = await treeOf({ "t/a": LARGE, "t/b": LARGE, "t/c": LARGE }, (name, { signal }) => {
      return new Promise((_, reject) => {
        signal!.addEventListener("abort", () => reject(interrupted()));
        if (name === "t/b") reject(gone);
      });
    });
    assert(tree.stopped === gone);
    assertEquals(tree.left, ["t/a", "t/b", "t/c"]);
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
  const begun = Promise.withResolvers<void>();
  const getting = treeOf(files(3), (_, { signal }) => {
    begun.resolve();
    return new Promise((_, reject) => {
      signal!.addEventListener("abort", () => reject(interrupted()));
    });
  }, { signal: stopping.signal });
  await begun.promise;
  stopping.abort();
  const { stopped, left } = await getting;
  assertEquals([stopped?.code, left], ["interrupted", ["t/0", "t/1", "t/2"]]);
});

Deno.test({ name: "a mistake of this program is not taken for a failure", ...PURE }, async () => {
  await assertRejects(() => treeOf(files(3), () => Promise.reject(new TypeError("x"))), TypeError);
});
