import { assert, assertEquals } from "@std/assert";
import type { Source } from "../../lib/protocol/messages.ts";
import { openTicket } from "../../lib/protocol/ticket.ts";
import { type ServiceClient, TestService } from "../support/test_service.ts";
import { HANS, VADER, YODA } from "../support/users.ts";

const [ID, OTHER] = ["ab".repeat(32), "abcd" + "ef".repeat(30)];
const CHEWY = { hostname: "127.0.0.1", port: 40_005 };

function publish(member: ServiceClient, name: string, id?: string, size = 5): void {
  const details = id === undefined ? { size } : { size, id };
  const reply = member.ask({ verb: "pub", user: member.user, name, details });
  assertEquals(reply, { kind: "published" });
}

function get(member: ServiceClient, name: string): readonly Source[] {
  const reply = member.ask({ verb: "get", user: member.user, name });
  return reply?.kind === "sources" ? reply.sources : [];
}

/** Who has what, as an asker is told. */
function told(member: ServiceClient, wanted: string): string[] {
  return get(member, wanted).map(({ file }) => `${file!.user}: ${file!.name}`).sort();
}

/** hans has a.txt, vader the same as b.txt, yoda another a.txt; chewy asks. */
function fourClients(): [
  chewy: ServiceClient,
  hans: ServiceClient,
  vader: ServiceClient,
  yoda: ServiceClient,
] {
  const service = new TestService();
  const [hans, vader] = [service.member("hans", HANS), service.member("vader", VADER)];
  const [yoda, chewy] = [service.member("yoda", YODA), service.member("chewy", CHEWY)];
  publish(hans, "a.txt", ID);
  publish(vader, "b.txt", ID);
  publish(yoda, "a.txt", OTHER);
  return [chewy, hans, vader, yoda];
}

Deno.test({
  name: "get by name tells of every content of that name, and of the same under other names",
  permissions: "none",
}, () => {
  const [chewy, hans] = fourClients();
  assertEquals(told(chewy, "a.txt"), ["hans: a.txt", "vader: b.txt", "yoda: a.txt"]);
  assertEquals(told(chewy, "b.txt"), ["hans: a.txt", "vader: b.txt"]);
  assertEquals(told(hans, "a.txt"), ["vader: b.txt", "yoda: a.txt"], "but not of one's own");
  assertEquals(told(chewy, "c.txt"), []);
});

Deno.test(
  { name: "get by id, or its beginning of four digits or more", permissions: "none" },
  () => {
    const [chewy] = fourClients();
    assertEquals(told(chewy, ID), ["hans: a.txt", "vader: b.txt"]);
    assertEquals(told(chewy, "abab"), ["hans: a.txt", "vader: b.txt"]);
    assertEquals(told(chewy, "abcd"), ["yoda: a.txt"]);
    assertEquals(told(chewy, "aba"), []);
    assertEquals(told(chewy, "ABAB"), []);
  },
);

Deno.test({ name: "a name comes before the beginning of an id", permissions: "none" }, () => {
  const [chewy, hans] = fourClients();
  publish(hans, "abcd", "12".repeat(32));
  assertEquals(told(chewy, "abcd"), ["hans: abcd"]);
});

Deno.test(
  { name: "a name that is spelled like a whole id does not hide it", permissions: "none" },
  () => {
    const [chewy, _, vader] = fourClients();
    publish(vader, ID, OTHER);
    assertEquals(told(chewy, ID), ["hans: a.txt", "vader: " + ID, "vader: b.txt", "yoda: a.txt"]);
  },
);

Deno.test({ name: "two sizes of one id are two contents", permissions: "none" }, () => {
  const [chewy, hans, , yoda] = fourClients();
  publish(hans, "hashes", ID, 64);
  publish(yoda, "c.txt", ID, 64);
  assertEquals(told(chewy, "a.txt"), ["hans: a.txt", "vader: b.txt", "yoda: a.txt"]);
  assertEquals(told(chewy, "hashes"), ["hans: hashes", "yoda: c.txt"]);
  const all = ["hans: a.txt", "hans: hashes", "vader: b.txt", "yoda: c.txt"];
  assertEquals(told(chewy, ID), all);
  assertEquals(told(chewy, "abab"), all);
  assertEquals(told(chewy, `${ID}:64`), ["hans: hashes", "yoda: c.txt"]);
  assertEquals(told(chewy, "abab:5"), ["hans: a.txt", "vader: b.txt"]);
  assertEquals(told(chewy, `${ID}:6`), []);
});

Deno.test({ name: "who asks again is told of other sources first", permissions: "none" }, () => {
  const [chewy] = fourClients();
  const firsts = [1, 2].map(() => get(chewy, "abab")[0]!.file!.user);
  assertEquals(new Set(firsts), new Set(["hans", "vader"]));
});

Deno.test({
  name: "one source of each content comes before a second one of any",
  permissions: "none",
}, () => {
  const [chewy] = fourClients();
  for (let i = 0; i < 5; i++) {
    const [first, second] = get(chewy, "a.txt").map(({ file }) => file!.details!.id);
    assertEquals(new Set([first, second]), new Set([ID, OTHER]));
  }
});

Deno.test({
  name: "a ticket opens for its source alone, and says who may fetch what until when",
  permissions: "none",
}, () => {
  const [chewy, hans, vader] = fourClients();
  const [source] = get(chewy, "b.txt").filter(({ file }) => file!.user === "hans");
  const opened = openTicket(hans.keys.tickets, source!.pass!.ticket);
  const { downloader, id, size, expires } = opened!;
  assertEquals([downloader, id, size, expires], ["chewy", ID, 5, 60_000]);
  assertEquals(openTicket(vader.keys.tickets, source!.pass!.ticket), undefined);
  const again = get(chewy, "b.txt").find(({ file }) => file!.user === "hans");
  assert(again!.pass!.ticket !== source!.pass!.ticket);
});

Deno.test({ name: "there is no ticket for what has no id", permissions: "none" }, () => {
  const [chewy, hans] = fourClients();
  publish(hans, "unknown.txt");
  assertEquals(get(chewy, "unknown.txt").map(({ pass }) => pass), [undefined]);
});

Deno.test({ name: "logins and heartbeats tell the index's clock", permissions: "none" }, () => {
  const service = new TestService();
  const hans = service.member("hans", HANS, 1_234.5);
  assertEquals(hans.indexTime, 1_234);
  assertEquals(hans.heartbeat(2_000.9), { kind: "done" });
  assertEquals(hans.indexTime, 2_000);
});
