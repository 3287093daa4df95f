/**
 * Searches beside many names of others: how many requests they take, and what they find.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Catalogue } from "../../lib/index/catalogue/catalogue.ts";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import type { Reply, Request } from "../../lib/protocol/messages.ts";
import { encodePlainReply } from "../../lib/protocol/plain_reply.ts";
import { atOnce } from "../support/at_once.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";

const PURE = { permissions: "none" } as const;
/** A name of 990 bytes that sorts behind all others. */
const LONG = [250, 250, 250, 230].map((length) => "z".repeat(length)).join("/");

type List = Reply & { kind: "list" };

function numbered(count: number, nameOf: (digits: string) => string): string[] {
  return Array.from({ length: count }, (_, i) => nameOf(String(i).padStart(6, "0")));
}

/** In an order that is not that of names, the same each time. */
function shuffled(names: readonly string[]): string[] {
  return names.map((_, i) => names[i * 7_919 % names.length]!);
}

function callerOf(place: number) {
  return { hostname: "127.0.0.1", port: 40_000 + place };
}

/** An index in which hans publishes names and yoda searches. */
class Talk {
  readonly catalogue = new Catalogue();
  readonly #index: Index;
  #now = 0;

  /** Publishes `groups` of names of hans, each after the one before is settled. */
  constructor(groups: readonly (readonly string[])[] = [], searchSlices?: number) {
    const { catalogue } = this;
    const accounts = Accounts.parse("nobody logs-in-here");
    this.#index = new Index(accounts, { catalogue, ...searchSlices ? { searchSlices } : {} });
    for (const names of groups) {
      this.publish("hans", names);
      catalogue.settle();
    }
  }

  publish(user: string, names: readonly string[], share = SHARE): void {
    for (const name of names) this.catalogue.apply({ kind: "publish", user, share, name });
  }

  ask(text: string, after = "", isSealed = false): List {
    const now = this.#now++;
    for (const [i, user] of ["hans", "yoda"].entries()) {
      const start = isSealed ? sealedAs(user) : undefined;
      this.#index.admission.admit(user, callerOf(i), 5_000, now, start);
    }
    const request: Request & { verb: "sch" } = {
      verb: "sch",
      user: "yoda",
      text,
      ...after ? { after } : {},
    };
    const session = isSealed ? this.#index.sealedSession("yoda") : undefined;
    const reply = session
      ? atOnce(this.#index.serve(request, session, now))
      : atOnce(this.#index.handle(request, callerOf(1), now));
    assert(reply?.kind === "list", JSON.stringify(reply));
    return reply;
  }

  /** All pages of a search of protocol 2. */
  pages(text: string): List[] {
    const pages = [this.ask(text, "", true)];
    for (let last = pages[0]!; last.more > 0; last = pages.at(-1)!) {
      pages.push(this.ask(text, last.cursor ?? last.items.at(-1), true));
    }
    return pages;
  }

  /** The answer of protocol 1. */
  plain(text: string): string {
    return new TextDecoder().decode(encodePlainReply(this.ask(text)));
  }
}

function itemsOf(pages: readonly List[]): string[] {
  return pages.flatMap(({ items }) => items);
}

const FLAT = numbered(40, (digits) => `flat${digits}.txt`);
const LONG_NAMES = numbered(6_000, (digits) => LONG + digits);

Deno.test({ name: "6,000 long names beside 40 matches cost no further page", ...PURE }, () => {
  const talk = new Talk([FLAT, shuffled(LONG_NAMES)]);
  for (const text of ["flat", "flat case:any", "fl at", "ext:txt"]) {
    const pages = talk.pages(text);
    assertEquals(itemsOf(pages), FLAT, text);
    assertEquals(pages.length, 1, text);
  }
});

Deno.test({ name: "20,000 short names that came later cost no further page", ...PURE }, () => {
  const songs = numbered(20_000, (digits) => `song ${digits}.flac at 320.mp3`);
  const talk = new Talk([[...FLAT, ...LONG_NAMES], shuffled(songs)]);
  for (const text of ["flat", "flat case:any", "fl txt", "ext:txt"]) {
    const pages = talk.pages(text);
    assertEquals(itemsOf(pages), FLAT, text);
    assert(pages.length <= 2, `${text}: ${pages.length} pages`);
  }
});

Deno.test({
  name: "a search of thousands of names comes in full pages, sorted or not as they came",
  ...PURE,
}, () => {
  const many = numbered(8_000, (digits) => `many/${digits} q`);
  const others = LONG_NAMES.slice(0, 3_000);
  const talks = [
    new Talk([[...many, ...others]]),
    new Talk([shuffled([...many, ...others])]),
    new Talk([many, others]),
    new Talk([others, many]),
  ];
  for (const talk of talks) {
    for (const text of ["many", "many case:any", "an y/"]) {
      const pages = talk.pages(text);
      assertEquals(itemsOf(pages), many);
      const shortest = Math.min(...pages.slice(0, -2).map(({ items }) => items.length));
      assert(shortest > 60, `${text}: a page of ${shortest}`);
    }
  }
});

Deno.test({ name: "protocol 1 finds the one match behind thousands in vain", ...PURE }, () => {
  const talk = new Talk();
  talk.publish("nobody", numbered(30_000, (digits) => `and unnoext ${digits}`));
  talk.publish("hans", ["zoo and noext u"], PLAIN_SHARE);
  for (const text of ["and", "u", "noext", "no"]) {
    assertEquals(talk.plain(text), "1 file found:\nzoo and noext u", text);
  }
});

Deno.test({ name: "protocol 1 says when it did not look at all names", ...PURE }, () => {
  const talk = new Talk([], 1);
  talk.publish("hans", ["and 1", "and 2"], PLAIN_SHARE);
  talk.publish("nobody", numbered(9_000, (digits) => `and in vain ${digits}`));
  for (const text of ["and", "nd"]) {
    assertEquals(talk.plain(text), "2 files found:\nand 1\nand 2\n… and 0+ more");
  }
  assertEquals(talk.plain("and in"), "No files found");
});
