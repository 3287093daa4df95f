/**
 * Lists that come in pages, from an index that may not mean well.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { Ask, List } from "../../../lib/peer/session/index_session.ts";
import { askPages } from "../../../lib/peer/session/pages.ts";

const PURE = { permissions: "none" } as const;
const SEARCH = { verb: "sch", text: "a" } as const;
/** More pages than any test should need. */
const MOST_ASKED = 2_000_000;

function page(items: readonly string[], more: number, cursor?: string): List {
  const rest = cursor === undefined ? {} : { cursor };
  return { kind: "list", of: "files found", items, more, ...rest };
}

/** An index whose page after `after` is what `answer` says, and the places that it was asked for. */
function indexThat(answer: (after: string, time: number) => List): { ask: Ask; asked: string[] } {
  const asked: string[] = [];
  const ask: Ask = (request) => {
    const { after = "" } = request as { after?: string };
    assert(asked.push(after) < MOST_ASKED, "asked without end");
    return Promise.resolve(answer(after, asked.length - 1));
  };
  return { ask, asked };
}

async function failureOf(ask: Ask): Promise<string> {
  const error = await assertRejects(() => askPages(ask, SEARCH), BitTrickleError);
  assertEquals(error.code, "malformed");
  return error.message;
}

Deno.test({ name: "pages are joined, each asked for after the last item", ...PURE }, async () => {
  const { ask, asked } = indexThat((after) => {
    return after === "" ? page(["a", "b"], 3) : after === "b" ? page(["c"], 1) : page(["d"], 0);
  });
  const { items, more } = await askPages(ask, SEARCH) as List;
  assertEquals([items, more, asked], [["a", "b", "c", "d"], 0, ["", "b", "c"]]);
});

Deno.test({ name: "a cursor leads on where nothing was found", ...PURE }, async () => {
  const { ask, asked } = indexThat((after) => {
    return after === "" ? page([], 1, "k") : after === "k" ? page([], 1, "p") : page(["q"], 0);
  });
  assertEquals((await askPages(ask, SEARCH) as List).items, ["q"]);
  assertEquals(asked, ["", "k", "p"]);
});

Deno.test({ name: "enough is enough", ...PURE }, async () => {
  const { ask, asked } = indexThat((_, time) => page([`${time}`], 100));
  const { items, more } = await askPages(ask, SEARCH, 3) as List;
  assertEquals([items.length, more, asked.length], [3, 100, 3]);
});

const LIARS: Readonly<Record<string, (after: string, time: number) => List>> = {
  "repeats its page": () => page(["a", "b"], 5),
  "goes back": (after) => after === "" ? page(["m"], 5) : page(["b"], 5),
  "has a cursor that stands still": () => page([], 1, "k"),
  "has a cursor that goes back": (after) => after === "" ? page([], 1, "k") : page(["x"], 1, "b"),
  "goes back and forth": (_, time) => time % 2 === 0 ? page(["a"], 1) : page(["b"], 1),
};

for (const [title, answer] of Object.entries(LIARS)) {
  Deno.test({ name: `an index that ${title} is asked no more`, ...PURE }, async () => {
    const { ask, asked } = indexThat(answer);
    assertEquals(await failureOf(ask), "The index sent a list that does not go on");
    assert(asked.length <= 3, `asked ${asked.length} times`);
  });
}

Deno.test({ name: "an empty page from which nothing leads on is an error", ...PURE }, async () => {
  assertEquals(await failureOf(indexThat(() => page([], 1)).ask), "The index sent an empty page");
});

Deno.test({ name: "pages without end have an end", ...PURE }, async () => {
  const place = (time: number) => String(time).padStart(9, "0");
  const fresh = indexThat((_, time) => {
    return page(Array.from({ length: 500 }, (_, i) => place(500 * time + i)), 1);
  });
  assertEquals(await failureOf(fresh.ask), "The index sent a list without end");
  const empty = indexThat((_, time) => page([], 1, place(time)));
  assertEquals(await failureOf(empty.ask), "The index sent a list without end");
  assert(fresh.asked.length < 10_000 && empty.asked.length < 20_000);
});
