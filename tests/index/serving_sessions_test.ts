import { assertEquals } from "@std/assert";
import { Catalogue, type Publication } from "../../lib/index/catalogue/catalogue.ts";
import { ServingSessions } from "../../lib/index/serving_sessions.ts";
import { Sessions } from "../../lib/index/sessions/sessions.ts";
import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";

const PURE = { permissions: "none" } as const;
const OTHER_SHARE = "fedcba9876543210";
const FILE = "droids.mp4";

/** Who serves what is published, of a catalogue and sessions that change. */
class Served {
  readonly sessions = new Sessions();
  readonly #catalogue = new Catalogue();
  readonly #serving = new ServingSessions(this.sessions);

  logIn(user: string, share: string, now = 0, port = 40_001): void {
    const start = share === PLAIN_SHARE ? undefined : sealedAs(`${user} ${share} ${now}`, share);
    this.sessions.open(user, { hostname: "127.0.0.1", port }, 5_000, now, start);
  }

  change(kind: "publish" | "withdraw", user: string, share: string): void {
    this.#catalogue.apply({ kind, user, share, name: FILE });
  }

  /** For each publication its user and the number of the session that serves it. */
  at(now: number): (readonly [string, number | undefined])[] {
    const published = this.#catalogue.publishersOf(FILE);
    return published.map((it) => [it.user, this.#serving.of(it, now)?.number]);
  }
}

Deno.test("ServingSessions finds a session whose user logs in after being asked for", PURE, () => {
  const served = new Served();
  for (const user of ["hans", "vader", "yoda"]) served.change("publish", user, SHARE);
  served.logIn("yoda", SHARE);
  assertEquals(served.at(0), [["hans", undefined], ["vader", undefined], ["yoda", 1]]);
  served.logIn("vader", SHARE);
  assertEquals(served.at(0), [["hans", undefined], ["vader", 2], ["yoda", 1]]);
});

Deno.test("ServingSessions finds the session that took the place of another", PURE, () => {
  for (const share of [SHARE, PLAIN_SHARE]) {
    const served = new Served();
    served.change("publish", "hans", share);
    served.logIn("hans", share);
    assertEquals(served.at(ACTIVE_MS), [["hans", 1]]);
    assertEquals(served.at(ACTIVE_MS + 1), [["hans", undefined]]);
    served.logIn("hans", share, ACTIVE_MS + 1);
    assertEquals(served.at(ACTIVE_MS + 1), [["hans", 2]]);
  }
});

Deno.test("ServingSessions finds that of the share that publishes now", PURE, () => {
  const served = new Served();
  served.change("publish", "hans", SHARE);
  served.logIn("hans", SHARE, 0, 40_001);
  served.logIn("hans", OTHER_SHARE, 0, 40_002);
  assertEquals(served.at(0), [["hans", 1]]);
  // The share that has nothing left gives its number to the next one.
  served.change("withdraw", "hans", SHARE);
  served.change("publish", "hans", OTHER_SHARE);
  assertEquals(served.at(0), [["hans", 2]]);
});

Deno.test("ServingSessions looks up a user by name once, however often it is asked", PURE, () => {
  const sessions = new Sessions();
  const serving = new ServingSessions(sessions);
  sessions.open("hans", { hostname: "127.0.0.1", port: 40_001 }, 5_000, 0, sealedAs("hans"));
  let lookups = 0;
  const publication: Publication = {
    publisher: 7,
    share: SHARE,
    name: FILE,
    get user() {
      lookups++;
      return "hans";
    },
  };
  const found = Array.from({ length: 100 }, () => serving.of(publication, 0)?.user);
  assertEquals(new Set(found), new Set(["hans"]));
  assertEquals(lookups, 1);
});
