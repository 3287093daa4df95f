/**
 * Catalogues in which one user, or many, have far more than others: a `get` costs a bounded number of
 * steps, and nobody who is there is hidden for ever.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { InMemoryJournal } from "../../lib/index/catalogue/journal.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import {
  Catalogue,
  type CatalogueEvent,
  type Publication,
} from "../../lib/index/catalogue/catalogue.ts";
import { ServingSessions } from "../../lib/index/serving_sessions.ts";
import { type Session, Sessions } from "../../lib/index/sessions/sessions.ts";
import { Sources } from "../../lib/index/sources.ts";
import { UnfinishedContents } from "../../lib/index/unfinished_contents.ts";
import { type ContentKey, formatContent } from "../../lib/protocol/content.ts";
import { PUBLICATIONS_PER_USER } from "../../lib/protocol/limits.ts";
import type { FileDetails, Reply, Source } from "../../lib/protocol/messages.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";

const PURE = { permissions: "none" } as const;
const EMPTY: ContentKey = { size: 0, id: "0".repeat(64) };
const FILE: ContentKey = { size: 5, id: "0000" + "ab".repeat(30) };

/** Steps that one `get` may take of any kind, in all parts of a catalogue together. */
const MOST_STEPS = 10_000;
/** The same of one that nobody else has to wait for. */
const MOST_STEPS_AT_ONCE = 500;

/** Counts for whom it is asked. */
class CountingServing extends ServingSessions {
  steps = 0;

  override of(...args: Parameters<ServingSessions["of"]>): Session | undefined {
    this.steps++;
    return super.of(...args);
  }
}

/** Counts what is looked at. */
class CountingCatalogue extends Catalogue {
  steps = 0;

  override publishersOf(...args: Parameters<Catalogue["publishersOf"]>): readonly Publication[] {
    return this.#count(super.publishersOf(...args));
  }

  override holdersOf(...args: Parameters<Catalogue["holdersOf"]>): readonly Publication[] {
    return this.#count(super.holdersOf(...args));
  }

  #count(found: readonly Publication[]): readonly Publication[] {
    this.steps += found.length;
    return found;
  }
}

/** An index without its edges: chewy asks. */
class TestSources {
  readonly catalogue = new CountingCatalogue();
  readonly #sessions = new Sessions();
  readonly #serving = new CountingServing(this.#sessions);
  readonly #sources = new Sources(this.catalogue, this.#serving, new UnfinishedContents());
  readonly #asker: Session;

  /** @param isSealed Whether chewy asks in protocol 2 */
  constructor(active: readonly string[], isSealed = true) {
    for (const user of active) this.#enter(user);
    const address = { hostname: "127.0.0.1", port: 40_001 };
    this.#sessions.open("chewy", address, 5_000, 0, isSealed ? sealedAs("chewy") : undefined);
    this.#asker = this.#sessions.of("chewy", 0)[0]!;
  }

  publish(user: string, name: string, details: FileDetails): void {
    this.catalogue.apply({ kind: "publish", user, share: SHARE, name, details });
  }

  /** Publications as many as one user may have. */
  flood(user: string, detailsOf: (i: number) => FileDetails): void {
    for (const event of floodOf(user, detailsOf)) this.catalogue.apply(event);
  }

  get(wanted: string): { sources: readonly Source[]; more: number } {
    [this.catalogue.steps, this.#serving.steps] = [0, 0];
    const reply = this.#sources.find(wanted, this.#asker, 0);
    const steps = Math.max(this.catalogue.steps, this.#serving.steps);
    assert(steps <= MOST_STEPS, `${steps} steps`);
    return reply.kind === "sources" ? reply : { sources: [], more: 0 };
  }

  /** What is known without looking far, in few steps; nothing if many have it. */
  getAtOnce(wanted: string): string[] | undefined {
    [this.catalogue.steps, this.#serving.steps] = [0, 0];
    const reply = this.#sources.findAtOnce(wanted, this.#asker, 0);
    const steps = Math.max(this.catalogue.steps, this.#serving.steps);
    assert(steps <= MOST_STEPS_AT_ONCE, `${steps} steps`);
    if (!reply) return undefined;
    return reply.kind === "sources" ? reply.sources.map(({ file }) => file!.user).sort() : [];
  }

  users(wanted: string): string[] {
    return this.get(wanted).sources.map(({ file }) => file!.user).sort();
  }

  #enter(user: string): void {
    const address = { hostname: "127.0.0.1", port: 40_000 };
    this.#sessions.open(user, address, 5_000, 0, sealedAs(user));
  }
}

function* floodOf(user: string, detailsOf: (i: number) => FileDetails): Generator<CatalogueEvent> {
  for (let i = 0; i < PUBLICATIONS_PER_USER; i++) {
    yield { kind: "publish", user, share: SHARE, name: `flood/${i}`, details: detailsOf(i) };
  }
}

function hex(i: number): string {
  return i.toString(16).padStart(8, "0");
}

Deno.test(
  { name: "one user's 100,000 names of a content hide no other source of it", ...PURE },
  () => {
    const setup = new TestSources(["hans", "vader"]);
    setup.publish("vader", "old.txt", EMPTY);
    setup.flood("vader", () => EMPTY);
    setup.publish("hans", "young.txt", EMPTY);
    assertEquals(setup.users("flood/777"), ["hans", "vader"]);
    assertEquals(setup.users("old.txt"), ["hans", "vader"]);
    assertEquals(setup.users(formatContent(EMPTY)), ["hans", "vader"]);
  },
);

Deno.test({ name: "neither do 100,000 sizes under one id", ...PURE }, () => {
  const setup = new TestSources(["hans", "vader"]);
  setup.flood("vader", (i) => ({ size: i + 6, id: FILE.id }));
  setup.publish("hans", "true.txt", FILE);
  assertEquals(setup.users("true.txt"), ["hans"]);
  assertEquals(setup.users(formatContent(FILE)), ["hans"]);
  assert(setup.users(FILE.id).includes("hans"));
});

Deno.test({ name: "100,000 ids that begin alike make no id unreachable", ...PURE }, () => {
  const setup = new TestSources(["hans", "vader"]);
  setup.flood("vader", (i) => ({ size: 1, id: `0000${hex(i)}`.padEnd(64, "c") }));
  setup.publish("hans", "true.txt", FILE);
  const { sources, more } = setup.get("0000");
  assertEquals([sources.length, more > 0], [4, true]);
  assertEquals(setup.users("0000ab"), ["hans"]);
  assertEquals(setup.users(FILE.id), ["hans"]);
});

Deno.test({ name: "of thousands who are away the one who is there is found", ...PURE }, () => {
  const setup = new TestSources(["hans", "vader"]);
  for (let i = 0; i < 3_000; i++) setup.publish(`user${i}`, "popular", FILE);
  setup.publish("hans", "popular", FILE);
  for (let i = 3_000; i < 6_000; i++) setup.publish(`user${i}`, "popular", FILE);
  setup.flood("vader", () => ({ ...FILE, size: 6 }));
  for (const wanted of ["popular", formatContent(FILE), FILE.id]) {
    let tries = 1;
    for (; !setup.users(wanted).includes("hans"); tries++) {
      assert(tries < 100, `${wanted}: not found`);
      assert(setup.get(wanted).more > 0, "there may be more");
    }
  }
});

Deno.test(
  { name: "everybody of thousands has a turn, and those who had none come first", ...PURE },
  () => {
    const users = Array.from({ length: 2_000 }, (_, i) => `user${i}`);
    const setup = new TestSources(users);
    for (const user of users) setup.publish(user, "popular", FILE);
    const named = new Map<string, number>();
    for (let i = 0; i < 2_000; i++) {
      const { sources, more } = setup.get("popular");
      assertEquals([sources.length, more > 0], [4, true]);
      for (const { file } of sources) named.set(file!.user, (named.get(file!.user) ?? 0) + 1);
    }
    assertEquals(named.size, users.length);
    // Four times on the average.
    assert(Math.max(...named.values()) <= 16);
  },
);

Deno.test({ name: "a content of one is shown beside another that thousands have", ...PURE }, () => {
  const users = Array.from({ length: 2_000 }, (_, i) => `user${i}`);
  const setup = new TestSources(["hans", ...users]);
  for (const user of users) setup.publish(user, "popular", FILE);
  setup.publish("hans", "popular", EMPTY);
  const isShown = () => setup.users("popular").includes("hans");
  assert(Array.from({ length: 200 }, isShown).includes(true));
});

Deno.test({ name: "what was withdrawn is not looked at", ...PURE }, () => {
  const setup = new TestSources(["hans", "vader"]);
  setup.flood("vader", () => FILE);
  setup.publish("hans", "z", FILE);
  const names = Array.from(floodOf("vader", () => FILE), ({ name }) => name);
  for (const name of names) {
    setup.catalogue.apply({ kind: "withdraw", user: "vader", share: SHARE, name });
  }
  assertEquals(setup.users("z"), ["hans"]);
  assert(setup.catalogue.steps < 10);
});

Deno.test(
  { name: "what few have is found at once, and what many have in its turn", ...PURE },
  () => {
    const setup = new TestSources(["hans", "vader"]);
    for (let i = 0; i < 3_000; i++) setup.publish(`user${i}`, "popular", FILE);
    for (let i = 0; i < 3_000; i++) {
      setup.publish(`user${i}`, "alike", { size: 1, id: `0001${hex(i)}`.padEnd(64, "c") });
    }
    setup.publish("hans", "of hans", FILE);
    setup.publish("hans", "rare", EMPTY);
    setup.flood("vader", () => EMPTY);
    for (const wanted of ["rare", "flood/777", formatContent(EMPTY), "0".repeat(8)]) {
      assertEquals(setup.getAtOnce(wanted), ["hans", "vader"], wanted);
      assertEquals(setup.users(wanted), ["hans", "vader"], wanted);
    }
    assertEquals(setup.getAtOnce("nothing"), []);
    for (const wanted of ["popular", "alike", "of hans", "0001", FILE.id]) {
      assertEquals(setup.getAtOnce(wanted), undefined, wanted);
    }
  },
);

Deno.test(
  { name: "a get of what many have hears 429 if too much of its user waits", ...PURE },
  () => {
    const events = Array.from({ length: 200 }, (_, i) => {
      return {
        kind: "publish",
        user: `user${i}`,
        share: SHARE,
        name: "popular",
        details: FILE,
      } as const;
    });
    const journal = Object.assign(new InMemoryJournal(), { entries: () => events });
    const owners: string[] = [];
    const index = new Index(Accounts.parse("hans h"), {
      journal,
      defer: (owner) => void owners.push(owner),
    });
    index.admission.admit("hans", { hostname: "127.0.0.1", port: 1 }, 5_000, 0, sealedAs("hans"));
    const session = index.sealedSession("hans")!;
    const get = (name: string) =>
      index.serve({ verb: "get", user: "hans", name }, session, 0) as Reply;
    const { kind, code } = get("popular") as Reply & { kind: "error" };
    assertEquals([kind, code, owners], ["error", 429, ["hans"]]);
    assertEquals(get("rare"), { kind: "no source" });
  },
);

Deno.test(
  { name: "the plain protocol looks at a bounded number of publishers, too", ...PURE },
  () => {
    const setup = new TestSources(["hans"], false);
    for (let i = 0; i < 20_000; i++) setup.publish(`user${i}`, "popular", FILE);
    setup.publish("hans", "popular", FILE);
    let tries = 1;
    for (; setup.users("popular").length === 0; tries++) assert(tries < 200, "not found");
    assertEquals(setup.users("none"), []);
  },
);
