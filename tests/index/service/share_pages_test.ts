/**
 * Lists in which several rows have one name, page by page over the wire.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { CatalogueEvent } from "../../../lib/index/catalogue/catalogue.ts";
import type { SessionRequest } from "../../../lib/peer/session/index_session.ts";
import { askPages } from "../../../lib/peer/session/pages.ts";
import { ShareSums } from "../../../lib/protocol/digest.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { SHARES_PER_USER } from "../../../lib/protocol/share.ts";
import { MemoryJournal } from "../../support/journals.ts";
import { SHARE } from "../../support/sealed_as.ts";
import { ServiceClient, TestService } from "../../support/test_service.ts";
import { HANS, LAN } from "../../support/users.ts";

const PURE = { permissions: "none" } as const;

/** Lists whole lists. */
class Lister {
  /** How many pages came. */
  pages = 0;

  constructor(readonly client: ServiceClient) {}

  async list(request: SessionRequest): Promise<Reply & { kind: "list" }> {
    const { client } = this;
    const reply = await askPages((page) => {
      this.pages++;
      return Promise.resolve(client.ask({ ...page, user: client.user } as SealedRequest)!);
    }, request);
    assert(reply.kind === "list", JSON.stringify(reply));
    return reply;
  }
}

function serviceWith(events: readonly CatalogueEvent[]): TestService {
  const journal = new MemoryJournal();
  for (const event of events) journal.append(event);
  return new TestService(undefined, undefined, journal);
}

function shareOf(i: number): string {
  return `${i}`.padStart(16, "a");
}

for (const length of [1, 40, 240, 990]) {
  Deno.test({
    name: `names of ${length} bytes that all shares of a user have are listed once for each`,
    ...PURE,
  }, async () => {
    const names = ["a", "b", "c"].map((letter) => {
      return letter.repeat(length).replace(/(.{200})(?=.)/g, "$1/");
    });
    const shares = Array.from({ length: SHARES_PER_USER }, (_, i) => shareOf(i)).sort();
    const events = names.flatMap((name) => {
      return shares.map((share) => ({ kind: "publish", user: "hans", share, name }) as const);
    });
    const lister = new Lister(serviceWith(events).member("vader", LAN));
    const { items, shares: told } = await lister.list({ verb: "lpf", of: "hans" });
    const rows = items.map((name, i) => `${name} ${told![i]!.share}`);
    assertEquals(rows, names.flatMap((name) => shares.map((share) => `${name} ${share}`)));
    assert(lister.pages > 1, `${lister.pages} pages`);
  });
}

Deno.test({ name: "all sessions of many users are listed, page by page", ...PURE }, async () => {
  const users = Array.from(
    { length: 12 },
    (_, i) => `${"x".repeat(59)}${String(i).padStart(2, "0")}`,
  );
  const service = new TestService(users.map((user) => `${user} pw-${user}`).join("\n"));
  const clients = users.flatMap((user, u) => {
    return Array.from({ length: 8 }, (_, i) => {
      return service.member(user, { hostname: `10.0.0.${u + 1}`, port: 3_000 + 10 * u + i });
    });
  });
  const lister = new Lister(clients[0]!);
  const { items, sessions } = await lister.list({ verb: "lap", isDetailed: true });
  const right = clients.map(({ user, from }) => `${user} ${from.port}`);
  assertEquals(items.map((user, i) => `${user} ${sessions![i]!.port}`), right);
  assertEquals(sessions!.filter(({ isStandby }) => !isStandby).length, users.length);
  assert(lister.pages > 5, `${lister.pages} pages`);
});

Deno.test({ name: "one change in thousands of files is found in few pages", ...PURE }, async () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `folder ${i % 40}/file number ${i}.txt`);
  const service = serviceWith(names.map((name, size) => {
    return { kind: "publish", user: "hans", share: SHARE, name, details: { size } };
  }));
  const hans = service.member("hans", HANS);
  const sums = new ShareSums();
  for (const [size, name] of names.entries()) sums.change(name, { size }, 1);
  assertEquals(hans.ask({ verb: "share", user: "hans", digest: sums.digest() }), { kind: "same" });
  sums.change(names[7_000]!, { size: 7_000 }, -1);
  sums.change(names[7_000]!, { size: 1 }, 1);
  const lister = new Lister(hans);
  const { items, digests } = await lister.list({ verb: "share", digest: sums.digest() });
  const different = items.filter((it, i) => digests![i] !== sums.of(Number.parseInt(it, 16)));
  assertEquals(different.length, 1);
  const found = await lister.list({ verb: "lpf", within: different[0]! });
  assert(found.items.includes(names[7_000]!));
  assert(lister.pages < 40, `${lister.pages} pages`);
  assertEquals(hans.ask({ verb: "pub", user: "hans", name: names[7_000]!, details: { size: 1 } }), {
    kind: "published",
  });
  assertEquals(hans.ask({ verb: "share", user: "hans", digest: sums.digest() }), { kind: "same" });
});

Deno.test({ name: "who names no share publishes nothing, and may withdraw", ...PURE }, () => {
  const service = serviceWith([{ kind: "publish", user: "hans", share: SHARE, name: "a" }]);
  const asking = new ServiceClient(service, "hans", LAN, undefined, "");
  assertEquals(asking.logIn(), { kind: "welcome" });
  const refusal = asking.pub("b") as Reply & { kind: "error" };
  assertEquals([refusal.code, refusal.reason], [
    403,
    "this session names no share, and so can only ask",
  ]);
  const unp = { verb: "unp", user: "hans", name: "a" } as const;
  assertEquals((asking.ask(unp) as typeof refusal).code, 403);
  assertEquals(asking.ask({ ...unp, isEverywhere: true }), { kind: "unpublished" });
  assertEquals(asking.ask({ ...unp, isEverywhere: true }), { kind: "not published" });
});

Deno.test(
  { name: "a user publishes from so many shares, and one more when one is empty", ...PURE },
  () => {
    const service = new TestService();
    const from = (i: number) => {
      const client = new ServiceClient(service, "hans", LAN, undefined, shareOf(i));
      assertEquals(client.logIn(), { kind: "welcome" });
      return client;
    };
    for (let i = 0; i < SHARES_PER_USER; i++) {
      assertEquals(from(i).pub(`${i}`), {
        kind: "published",
      });
    }
    const refusal = from(99).pub("x") as Reply & { kind: "error" };
    assertEquals([refusal.kind, refusal.code], ["error", 413]);
    assertEquals(from(5).ask({ verb: "unp", user: "hans", name: "5" }), { kind: "unpublished" });
    assertEquals(from(99).pub("x"), { kind: "published" });
    const vader = service.member("vader", HANS);
    const names = Array.from({ length: SHARES_PER_USER }, (_, i) => `${i}`);
    const right = [...names.filter((name) => name !== "5"), "x"].sort();
    assertEquals(service.published("hans", vader), right);
  },
);

Deno.test({ name: "a list may begin with all publications of one name", ...PURE }, async () => {
  const shares = ["0".repeat(16), shareOf(1), shareOf(2)];
  const events = ["a", "b", "b c", "c"].flatMap((name) => {
    return shares.map((share) => ({ kind: "publish", user: "hans", share, name }) as const);
  });
  const hans = new Lister(serviceWith(events).member("hans", HANS));
  const { items } = await hans.list({ verb: "lpf", after: "b:" });
  assertEquals(items.slice(0, 4), ["b", "b", "b", "b c"]);
  assertEquals((await hans.list({ verb: "lpf", after: "bb:" })).items, ["c", "c", "c"]);
});

Deno.test({ name: "a list of sessions may begin with those of one user", ...PURE }, async () => {
  const service = serviceWith([]);
  const vader = new Lister(service.member("vader", LAN));
  service.member("hans", HANS);
  service.member("hans", { ...HANS, port: HANS.port + 1 });
  const from = (after: string) => vader.list({ verb: "lap", isDetailed: true, after });
  assertEquals((await from("hans 0")).items, ["hans", "hans", "vader"]);
  assertEquals((await from("vader 0")).items, ["vader"]);
});
