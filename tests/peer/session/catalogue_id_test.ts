import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { InMemoryJournal, type Journal } from "../../../lib/index/catalogue/journal.ts";
import { openSession } from "../../../lib/peer/session/open_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { PORTS } from "../../support/users.ts";
import { waitFor } from "../../support/wait_for.ts";

const QUICK = { heartbeatMs: 50, retransmitMs: [50, 50, 50, 50] };

/** The journal of a data file whose catalogue is known by `catalogueId`. */
function journalOf(catalogueId: string): Journal {
  return Object.assign(new InMemoryJournal(), { catalogueId });
}

Deno.test("a session knows the catalogue that its newest login was told of", async () => {
  const [mine, other] = ["0123456789abcdef", "fedcba9876543210"];
  const first = new TestIndex({ journal: journalOf(mine) });
  const { address: { port }, setup } = first;
  await using hans = new TestSession(first.address, "hans", QUICK);
  assertEquals(hans.session.catalogue, undefined);
  await hans.session.logIn("hans", "pw-hans", PORTS);
  assertEquals(hans.session.catalogue, mine);
  await first[Symbol.asyncDispose]();
  for (const id of [mine, other]) {
    const logins = hans.news.filter((it) => it === "again").length;
    await using _ = new TestIndex({ port, setup, journal: journalOf(id) });
    await waitFor("a new login", () => {
      return hans.news.filter((it) => it === "again").length > logins;
    }, 10_000);
    assertEquals(hans.session.catalogue, id);
  }
});

Deno.test("an index without a data file has another catalogue each time", async () => {
  const ids: (string | undefined)[] = [];
  for (let life = 0; life < 2; life++) {
    await using index = new TestIndex();
    for (const user of ["hans", "vader"]) {
      await using member = await TestSession.join(index.address, user);
      ids.push(member.session.catalogue);
    }
  }
  assertMatch(ids[0]!, /^[0-9a-f]{16}$/);
  assertEquals([ids[0], ids[2]], [ids[1], ids[3]]);
  assertNotEquals(ids[0], ids[2]);
});

Deno.test("a session of protocol 1 knows none", async () => {
  await using index = new TestIndex();
  const session = openSession(1, { index: index.address });
  try {
    await session.logIn("hans", "pw-hans", PORTS);
    assertEquals(session.catalogue, undefined);
  } finally {
    await session.close();
  }
});
