/**
 * Swarms of a thousand, and sessions that say more than they should: a `get` costs a bounded number of
 * steps, everybody has a turn, and what is remembered is bounded.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Catalogue } from "../../lib/index/catalogue/catalogue.ts";
import { end, type Session, Sessions } from "../../lib/index/sessions/sessions.ts";
import { ServingSessions } from "../../lib/index/serving_sessions.ts";
import { Sources } from "../../lib/index/sources.ts";
import { UnfinishedContents } from "../../lib/index/unfinished_contents.ts";
import { type ContentKey, formatContent } from "../../lib/protocol/content.ts";
import type { Source } from "../../lib/protocol/messages.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";

const PURE = { permissions: "none" } as const;
const FILM: ContentKey = { id: "ab".repeat(32), size: 5_000_000 };
const WANTED = formatContent(FILM);
const THOUSAND = Array.from({ length: 1_000 }, (_, i) => `user${i}`);
const FROM = { hostname: "127.0.0.1", port: 40_000 };

/** Sessions that one `get` may look at. */
const MOST_STEPS = 200;

/** Counts for whom it is asked. */
class CountingServing extends ServingSessions {
  steps = 0;

  override of(...args: Parameters<ServingSessions["of"]>): Session | undefined {
    this.steps++;
    return super.of(...args);
  }
}

/** Counts the contents that are looked up. */
class CountingContents extends UnfinishedContents {
  lookups = 0;

  override sessionsWith(...args: Parameters<UnfinishedContents["sessionsWith"]>): Session[] {
    this.lookups++;
    return super.sessionsWith(...args);
  }
}

/** An index without its edges: chewy asks. */
class LargeSwarm {
  readonly catalogue = new Catalogue();
  readonly sessions = new Sessions();
  readonly #serving = new CountingServing(this.sessions);
  readonly unfinished = new CountingContents();
  readonly #sources = new Sources(this.catalogue, this.#serving, this.unfinished);
  readonly #asker = this.enter("chewy");

  enter(user: string, now = 0): Session {
    this.sessions.open(user, FROM, 5_000, now, sealedAs(`${user} ${now}`));
    return this.sessions.sealed(`${user} ${now}`)!;
  }

  /** Logs `user` in, who has `content` in part. */
  join(user: string, content = FILM, now = 0): Session {
    const session = this.enter(user, now);
    this.unfinished.add(session, content, now);
    return session;
  }

  publish(user: string, name: string, details: ContentKey): void {
    this.catalogue.apply({ kind: "publish", user, share: SHARE, name, details });
  }

  /** What chewy is told without making others wait. */
  get(wanted = WANTED): { sources: readonly Source[]; more: number } {
    this.#serving.steps = 0;
    const reply = this.#sources.findAtOnce(wanted, this.#asker, 0);
    assert(this.#serving.steps <= MOST_STEPS, `${this.#serving.steps} steps`);
    assert(reply, "it has to wait for its turn");
    return reply.kind === "sources" ? reply : { sources: [], more: 0 };
  }
}

/** How often each user is told in `times` answers. */
function countTold(swarm: LargeSwarm, times: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < times; i++) {
    const { sources, more } = swarm.get();
    assertEquals([sources.length, more > 0], [4, true]);
    for (const { file } of sources) counts.set(file!.user, (counts.get(file!.user) ?? 0) + 1);
  }
  return counts;
}

Deno.test({ name: "everybody of a thousand who have a part has a turn", ...PURE }, () => {
  const swarm = new LargeSwarm();
  for (const user of THOUSAND) swarm.join(user);
  const counts = countTold(swarm, 1_000);
  assertEquals(counts.size, 1_000);
  // Four times on the average.
  assert(Math.max(...counts.values()) <= 16);
});

Deno.test({ name: "a thousand who have a part hide nobody who has all", ...PURE }, () => {
  const swarm = new LargeSwarm();
  for (const user of THOUSAND) swarm.join(user);
  const whole = ["hans", "vader", "yoda"];
  for (const user of whole) {
    swarm.enter(user);
    swarm.publish(user, `film of ${user}`, FILM);
  }
  const seen = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const { sources } = swarm.get();
    const kinds = sources.map(({ isPartial }) => isPartial ? "part" : "all");
    assertEquals(kinds, ["all", "part", "all", "part"]);
    for (const { file, isPartial } of sources) if (!isPartial) seen.add(file!.user);
  }
  assertEquals([...seen].sort(), whole);
});

Deno.test(
  { name: "of a thousand who have left the one who is there is found soon", ...PURE },
  () => {
    const swarm = new LargeSwarm();
    const gone = THOUSAND.map((user) => swarm.join(user));
    swarm.join("hans");
    for (const session of gone) end(session);
    let tries = 1;
    for (; swarm.get().sources.length === 0; tries++) {
      assert(tries < 50, "not found");
    }
    for (let i = 0; i < 50; i++) swarm.get();
    const { sources, more } = swarm.get();
    assertEquals([sources.map(({ file }) => file!.user), more], [["hans"], 0]);
  },
);

Deno.test({ name: "nothing is looked up where nobody has anything in part", ...PURE }, () => {
  const swarm = new LargeSwarm();
  const hans = swarm.join("hans");
  swarm.unfinished.remove(hans, FILM);
  swarm.publish("hans", "film", FILM);
  for (const wanted of ["film", WANTED, FILM.id, "abab", "other"]) swarm.get(wanted);
  assertEquals([swarm.unfinished.size, swarm.unfinished.lookups], [0, 0]);
});

Deno.test({ name: "of many contents that begin alike a few are looked up", ...PURE }, () => {
  const swarm = new LargeSwarm();
  swarm.enter("hans");
  for (let size = 1; size <= 30; size++) {
    const content = { id: `abab${String(size).padStart(60, "0")}`, size };
    swarm.publish("hans", `file ${size}`, content);
    for (let i = 0; i < 40; i++) swarm.join(`user${size}-${i}`, content);
  }
  swarm.get("abab");
  assertEquals(swarm.unfinished.lookups, 2);
  swarm.get("file 7");
  assertEquals(swarm.unfinished.lookups, 3);
});

Deno.test({ name: "what is remembered is bounded by the sessions, and forgotten", ...PURE }, () => {
  const { sessions, unfinished } = new LargeSwarm();
  const other = (size: number): ContentKey => ({ id: "cd".repeat(32), size });
  for (const [i, user] of THOUSAND.entries()) {
    sessions.open(user, FROM, 5_000, 0, sealedAs(user));
    const session = sessions.sealed(user)!;
    for (let n = 0; n < 100; n++) unfinished.add(session, other(100 * i + n), n);
  }
  assertEquals(unfinished.size, 16_000);
  sessions.open("user0", FROM, 5_000, 29_000, sealedAs("again"));
  const again = sessions.sealed("again")!;
  unfinished.add(again, FILM, 29_000);
  assertEquals(unfinished.size, 1, "what those had who are gone is forgotten");
  unfinished.add(again, FILM, 30_100);
  assertEquals(unfinished.size, 1);
  unfinished.remove(again, FILM);
  assertEquals(unfinished.size, 0);
});

Deno.test({ name: "what one session says of another's content changes nothing", ...PURE }, () => {
  const { sessions, unfinished } = new LargeSwarm();
  sessions.open("hans", FROM, 5_000, 0, sealedAs("old"));
  const old = sessions.sealed("old")!;
  unfinished.add(old, FILM, 0);
  sessions.open("hans", FROM, 5_000, 1, sealedAs("new"));
  const window = { most: 10, turn: 0 };
  assertEquals(unfinished.sessionsWith(FILM, window, 1), []);
  const young = sessions.sealed("new")!;
  unfinished.add(young, FILM, 1);
  unfinished.remove(old, FILM);
  assertEquals(unfinished.sessionsWith(FILM, window, 1), [young]);
});
