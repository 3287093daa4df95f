/**
 * Lists of long names, page by page, in messages as they travel.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Catalogue } from "../../lib/index/catalogue/catalogue.ts";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { LongPlaces } from "../../lib/index/long_places.ts";
import type { Ask, List, SessionRequest } from "../../lib/peer/session/index_session.ts";
import { askPages } from "../../lib/peer/session/pages.ts";
import { PLACES_PER_USER_KEPT } from "../../lib/protocol/limits.ts";
import { parseSearch } from "../../lib/protocol/search_query.ts";
import { decodeSealedReply, encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { decodeSealedRequest, encodeSealedRequest } from "../../lib/protocol/sealed_request.ts";
import { atOnce } from "../support/at_once.ts";
import { NaiveCatalogue } from "../support/naive_catalogue.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";

const PURE = { permissions: "none" } as const;
const USERS = ["hans", "yoda", "nobody"] as const;
/** 740 bytes: more than a request has room for beside a long search. */
const SHARED = ["x".repeat(250), "Y".repeat(250), "z".repeat(238)].join("/");
/** A search of 561 bytes that finds every name which begins like that. */
const LONG_SEARCH = ["x".repeat(200), "Y".repeat(190), "z".repeat(169)].join(" ");

interface Published {
  readonly user: string;
  readonly name: string;
  readonly details?: { size: number };
}

function callerOf(user: string) {
  return { hostname: "127.0.0.1", port: 1 + USERS.indexOf(user as "hans") };
}

/** An index of one slice a search, in which hans is active and yoda asks. */
class Talk {
  readonly index: Index;
  readonly naive = new NaiveCatalogue();
  asked = 0;

  constructor(published: readonly Published[], limit = 64) {
    const catalogue = new Catalogue(limit);
    for (const one of published) {
      catalogue.apply({ kind: "publish", share: SHARE, ...one });
      this.naive.publish(one);
    }
    catalogue.settle();
    const accounts = Accounts.parse("nobody logs-in-here");
    this.index = new Index(accounts, { catalogue, searchSlices: 1 });
  }

  /** Asks as a client does: what does not fit into a message fails. */
  readonly ask: Ask = (request) => {
    const now = this.asked++;
    for (const user of ["hans", "yoda"]) {
      this.index.admission.admit(user, callerOf(user), 5_000, now, sealedAs(user));
    }
    const session = this.index.sealedSession("yoda");
    assert(session);
    const sent = decodeSealedRequest(encodeSealedRequest({ ...request, user: "yoda" }), "yoda");
    const reply = encodeSealedReply(atOnce(this.index.serve(sent, session, now))!);
    return Promise.resolve(decodeSealedReply(sent.verb, reply, ""));
  };

  async list(request: SessionRequest): Promise<string[]> {
    const list = await askPages(this.ask, request);
    assert(list.kind === "list", JSON.stringify(list));
    return [...list.items];
  }

  /** What a search finds, if it looks at every name. */
  found(text: string): string[] {
    return this.naive.search(parseSearch(text)).flatMap((publishers) => {
      const { name } = publishers[0]!;
      const isOwn = this.naive.publishersOf(name).some(({ user }) => user === "yoda");
      return !isOwn && publishers.some(({ user }) => user === "hans") ? [name] : [];
    });
  }
}

function numbered(user: string, count: number, beginning = SHARED): Published[] {
  return Array.from({ length: count }, (_, i) => {
    return { user, name: `${beginning}/${String(i * 7_919 % count).padStart(230, "0")}` };
  });
}

Deno.test({
  name: "more names than a client could count, which begin alike, are all told",
  ...PURE,
}, async () => {
  const talk = new Talk(numbered("hans", 1_100));
  assertEquals(await talk.list({ verb: "sch", text: LONG_SEARCH }), talk.found(LONG_SEARCH));
});

Deno.test({
  name: "a long search that finds nothing in thousands of long names comes to its end",
  ...PURE,
}, async () => {
  const talk = new Talk([...numbered("nobody", 2_000), { user: "hans", name: "zzz" }]);
  assertEquals(await talk.list({ verb: "sch", text: LONG_SEARCH }), []);
  assert(talk.asked > 2, `${talk.asked} pages`);
});

Deno.test({
  name: "pages put together are what a naive model finds, however long the names",
  ...PURE,
}, async () => {
  const tail = fc.string({
    unit: fc.constantFrom("a", "B", "é", "ς", "🎬"),
    minLength: 1,
    maxLength: 40,
  });
  const beginning = fc.constantFrom("", "", "short ", SHARED, `${SHARED}/${"q".repeat(180)}`);
  const name = fc.tuple(beginning, tail).map(([beginning, tail]) => `${beginning}${tail}`);
  const details = fc.option(fc.record({ size: fc.nat(9) }), {
    nil: undefined,
  });
  const one = fc.record({ user: fc.constantFrom(...USERS), name, details });
  const published = fc.array(one, { maxLength: 150, size: "max" });
  const text = fc.constantFrom(
    "a",
    "B",
    "case:any b",
    "aa",
    "é",
    "aB",
    "xYz case:any",
    "user:hans",
    "user:nobody",
    "larger:4",
    LONG_SEARCH,
    `${LONG_SEARCH} case:any`,
    `${LONG_SEARCH} qqq`,
  );
  await fc.assert(
    fc.asyncProperty(published, text, fc.integer({ min: 1, max: 60 }), async (all, text, limit) => {
      const told = all.map(({ details, ...one }) => details ? { ...one, details } : one);
      const talk = new Talk(told, limit);
      assertEquals(await talk.list({ verb: "sch", text }), talk.found(text));
      const own = talk.naive.namesOf("hans").map(({ name }) => name);
      assertEquals(await talk.list({ verb: "lpf", of: "hans" }), own);
    }),
    { numRuns: 200 },
  );
});

Deno.test({
  name: "a list of long names goes on after a name that is withdrawn meanwhile",
  ...PURE,
}, async () => {
  const talk = new Talk(numbered("hans", 10));
  const first = await talk.ask({ verb: "sch", text: LONG_SEARCH }) as List;
  const hans = talk.index.sealedSession("hans");
  assert(hans);
  talk.index.serve({ verb: "unp", user: "hans", name: first.items.at(-1)! }, hans, 1);
  const { cursor } = first;
  assert(cursor !== undefined && cursor.length < 20);
  const second = await talk.ask({ verb: "sch", text: LONG_SEARCH, after: cursor }) as List;
  assertEquals(second.items[0], talk.found(LONG_SEARCH)[first.items.length]);
});

Deno.test({
  name: "a place that is too old or was never told is refused",
  ...PURE,
}, async () => {
  const talk = new Talk(numbered("hans", 2 * PLACES_PER_USER_KEPT));
  const { cursor } = await talk.ask({ verb: "sch", text: LONG_SEARCH }) as List;
  await talk.list({ verb: "sch", text: LONG_SEARCH });
  for (const after of [cursor!, ":999999"]) {
    const reply = await talk.ask({ verb: "sch", text: LONG_SEARCH, after });
    assertEquals(reply.kind, "error");
  }
});

Deno.test("long places are forgotten with the sessions of their user", PURE, () => {
  const places = new LongPlaces();
  const request = { verb: "lpf", user: "hans" } as const;
  const list = {
    kind: "list",
    of: "files found",
    items: [SHARED],
    more: 1,
    cursor: SHARED,
  } as const;
  const cursor = (user: string) => places.withCursors(list, { ...request, user }).cursor!;
  const [ofHans, ofYoda] = [cursor("hans"), cursor("yoda")];
  places.forgetOthers((user) => user === "yoda");
  assertEquals([places.find("hans", ofHans), places.find("yoda", ofYoda)], [undefined, SHARED]);
});
