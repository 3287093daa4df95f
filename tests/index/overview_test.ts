/**
 * What those who run an index see of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import type { Request } from "../../lib/protocol/messages.ts";
import { atOnce } from "../support/at_once.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";
import { CREDENTIALS, HANS, LAN, VADER, YODA } from "../support/users.ts";

const PURE = { permissions: "none" } as const;
const FILM = { id: "ab".repeat(32), size: 5_000_000 };
const OTHER = { id: "cd".repeat(32), size: 7 };

/** An index in which everybody is logged in over protocol 2, hans twice. */
function makeIndex() {
  const index = new Index(Accounts.parse(CREDENTIALS));
  for (const [user, from] of [["yoda", YODA], ["hans", HANS], ["hans", LAN], ["vader", VADER]]) {
    const name = `${(from as typeof LAN).port}`;
    index.admission.admit(user as string, from as typeof LAN, 0, 0, sealedAs(name));
  }
  const ask = (port: number, request: object) => {
    const session = index.sealedSession(String(port))!;
    const reply = index.serve(
      { ...request, user: session.user } as Request & { verb: "pub" },
      session,
      0,
    );
    return atOnce(reply);
  };
  return { index, ask, overview: index.overview };
}

Deno.test({ name: "sessions are counted, and the first ones shown by user", ...PURE }, () => {
  const { overview } = makeIndex();
  assertEquals(overview.countActive(0), { users: 3, sessions: 4 });
  assertEquals(
    overview.activeSessions(0, 3).map(({ user, address }) => `${user} ${address.port}`),
    [
      "hans 40001",
      "hans 40004",
      "vader 40002",
    ],
  );
  assertEquals(overview.countActive(60_000), { users: 0, sessions: 0 });
  assertEquals(overview.activeSessions(60_000, 3), []);
});

Deno.test({ name: "a session of an invitation is nobody's, and not shown", ...PURE }, () => {
  const { index, overview } = makeIndex();
  const invited = { ...sealedAs("invited"), invited: "leia" };
  index.admission.admit("chewy", { hostname: "127.0.0.1", port: 1 }, 0, 0, invited);
  assertEquals(overview.countActive(0), { users: 3, sessions: 4 });
  assertEquals(overview.activeSessions(0, 9).length, 4);
});

Deno.test({ name: "publications are counted as they come and go", ...PURE }, () => {
  const { ask, overview, index } = makeIndex();
  ask(HANS.port, { verb: "pub", name: "a" });
  ask(HANS.port, { verb: "pub", name: "b" });
  ask(HANS.port, { verb: "pub", name: "b" });
  ask(VADER.port, { verb: "pub", name: "b" });
  assertEquals([overview.publications, overview.names], [3, 2]);
  ask(HANS.port, { verb: "unp", name: "a" });
  assertEquals(overview.publications, 2);
  const [first, standby] = overview.activeSessions(0, 2);
  assertEquals(first!.share, SHARE);
  assertEquals(overview.publicationsOf(first!, 0), 1);
  assertEquals(overview.publicationsOf(standby!, 0), 0, "the first one serves that share");
  assertEquals(index.overview.names >= 1, true);
});

Deno.test({ name: "what most fetch comes first, with its sources", ...PURE }, () => {
  const { ask, overview } = makeIndex();
  ask(HANS.port, { verb: "pub", name: "film.mp4", details: FILM });
  ask(YODA.port, { verb: "progress", content: OTHER, bytes: 0 });
  for (const { port } of [VADER, YODA]) ask(port, { verb: "progress", content: FILM, bytes: port });
  const { total, first } = overview.downloads(0, 1);
  assertEquals([total, first.length, first[0]!.content], [2, 1, FILM]);
  const held = first[0]!.holders.map(({ session, bytes }) => `${session.user} ${bytes}`);
  assertEquals(held, ["yoda 40003", "vader 40002"]);
  assertEquals(overview.sourcesOf(FILM, 0), { name: "film.mp4", active: 1, total: 1 });
  assertEquals(overview.sourcesOf(OTHER, 0), { active: 0, total: 0 });
  assertEquals(overview.downloads(60_000, 9).total, 0, "nobody is active any more");
});

Deno.test({ name: "a search finds what anybody serves, with who publishes it", ...PURE }, () => {
  const { ask, overview } = makeIndex();
  ask(HANS.port, { verb: "pub", name: "film one.mp4", details: FILM });
  ask(VADER.port, { verb: "pub", name: "film one.mp4", details: FILM });
  ask(VADER.port, { verb: "pub", name: "film two.mp4" });
  const reply = atOnce(overview.search("film", "", 0));
  assert(reply?.kind === "list");
  assertEquals(reply.items, ["film one.mp4", "film two.mp4"]);
  assertEquals(reply.publishers?.[0], { user: "hans", active: 2, all: 2 });
  const next = atOnce(overview.search("film", "film one.mp4", 0));
  assert(next?.kind === "list");
  assertEquals(next.items, ["film two.mp4"]);
});
