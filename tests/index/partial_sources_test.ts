/**
 * Who is told as a source because it has a content in part, over the wire.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { type ContentKey, formatContent } from "../../lib/protocol/content.ts";
import type { Reply, Source } from "../../lib/protocol/messages.ts";
import { decodeSealedReply, encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { openTicket } from "../../lib/protocol/ticket.ts";
import { ServiceClient, TestService } from "../support/test_service.ts";
import { CREDENTIALS, HANS, LAN, VADER, YODA } from "../support/users.ts";

const PURE = { permissions: "none" } as const;
const FILM: ContentKey = { id: "ab".repeat(32), size: 5_000_000 };
const WANTED = formatContent(FILM);
const CHEWY = { hostname: "127.0.0.1", port: 40_005 };
const WIFI = { hostname: "192.168.1.8", port: 40_004 };

function say(member: ServiceClient, verb: "have" | "lack", content = FILM, now = 0): void {
  assertEquals(member.ask({ verb, user: member.user, content }, now), { kind: "done" });
}

function get(member: ServiceClient, name: string, now = 0): readonly Source[] {
  const reply = member.ask({ verb: "get", user: member.user, name }, now);
  return reply?.kind === "sources" ? reply.sources : [];
}

/** Who is told to `member`, in that order. */
function told(member: ServiceClient, name = WANTED, now = 0): string[] {
  return get(member, name, now).map(({ file, isPartial }) => {
    return `${file!.user} has ${isPartial ? "a part" : "all"}`;
  });
}

/** hans publishes film.mp4, vader and yoda have some of it, chewy asks. */
class Swarm {
  readonly service = new TestService();
  readonly hans = this.service.member("hans", HANS);
  readonly vader = this.service.member("vader", VADER);
  readonly yoda = this.service.member("yoda", YODA);
  readonly chewy = this.service.member("chewy", CHEWY);

  constructor() {
    this.hans.ask({ verb: "pub", user: "hans", name: "film.mp4", details: FILM });
    say(this.vader, "have");
    say(this.yoda, "have");
  }
}

Deno.test(
  { name: "who has a part is told after one who has all, by name, id and content", ...PURE },
  () => {
    const { chewy } = new Swarm();
    for (const name of ["film.mp4", FILM.id, "abab", WANTED]) {
      const [first, ...others] = told(chewy, name);
      assertEquals(first, "hans has all", name);
      assertEquals(others.sort(), ["vader has a part", "yoda has a part"], name);
    }
    assertEquals(told(chewy, `${FILM.id}:6`), []);
    assertEquals(told(chewy, "other.mp4"), []);
  },
);

Deno.test({ name: "nobody is told of what it has itself", ...PURE }, () => {
  const { vader, hans } = new Swarm();
  assertEquals(told(vader), ["hans has all", "yoda has a part"]);
  assertEquals(told(hans).sort(), ["vader has a part", "yoda has a part"]);
});

Deno.test({ name: "those that have all and those that have a part take turns", ...PURE }, () => {
  const { chewy, vader, yoda } = new Swarm();
  yoda.ask({ verb: "pub", user: "yoda", name: "copy.mp4", details: FILM });
  for (let i = 0; i < 4; i++) {
    assertEquals(told(chewy).map((it) => it.slice(-6)), ["as all", "a part", "as all"]);
  }
  say(vader, "lack");
  assertEquals(told(chewy).sort(), ["hans has all", "yoda has all"]);
});

Deno.test({ name: "a ticket of who has a part opens there, and for that content", ...PURE }, () => {
  const { chewy, vader } = new Swarm();
  const source = get(chewy, "film.mp4").find(({ file }) => file!.user === "vader")!;
  const { downloader, id, size, expires } = openTicket(vader.keys.tickets, source.pass!.ticket)!;
  assertEquals([downloader, { id, size }, expires], ["chewy", FILM, 60_000]);
  assertEquals([source.ip, source.port, source.file!.details], ["127.0.0.1", VADER.port, FILM]);
});

Deno.test({ name: "who has a part tells no name of its file", ...PURE }, () => {
  const file = { user: "vader", name: WANTED, details: FILM };
  const pass = { label: "0".repeat(32), ticket: "t-0" };
  const source = { ip: "10.0.0.1", port: 5_000, file, pass, isPartial: true as const };
  const reply: Reply = { kind: "sources", wanted: WANTED, sources: [source], more: 0 };
  const text = new TextDecoder().decode(encodeSealedReply(reply));
  const row = `10.0.0.1\t5000\tvader\t\t5000000\t${FILM.id}\t${pass.label}\tt-0\tpart`;
  assertEquals(text, `200\t0\n${row}`);
  const read = decodeSealedReply("get", new TextEncoder().encode(text), WANTED);
  assertEquals(read, { kind: "sources", sources: [source], more: 0 });
  const { chewy } = new Swarm();
  assertEquals(get(chewy, "film.mp4").map(({ file }) => file!.name), Array(3).fill("film.mp4"));
});

Deno.test({ name: "what nobody publishes any more is found by its content", ...PURE }, () => {
  const { chewy, hans } = new Swarm();
  hans.ask({ verb: "unp", user: "hans", name: "film.mp4" });
  assertEquals(told(chewy).sort(), ["vader has a part", "yoda has a part"]);
  for (const name of ["film.mp4", FILM.id, "abab"]) assertEquals(told(chewy, name), [], name);
});

Deno.test({ name: "what only those publish who are away is found by its name", ...PURE }, () => {
  const { chewy, hans } = new Swarm();
  hans.ask({ verb: "bye", user: "hans" });
  for (const name of ["film.mp4", WANTED]) {
    assertEquals(told(chewy, name).sort(), ["vader has a part", "yoda has a part"], name);
  }
});

Deno.test({ name: "who says it twice is told once, and lacks it once", ...PURE }, () => {
  const { chewy, vader } = new Swarm();
  say(vader, "have");
  say(vader, "have");
  assertEquals(told(chewy).length, 3);
  say(vader, "lack");
  assertEquals(told(chewy), ["hans has all", "yoda has a part"]);
  say(vader, "lack");
  say(vader, "have");
  assertEquals(told(chewy).length, 3);
});

Deno.test({ name: "lack of what one never had changes nothing", ...PURE }, () => {
  const { chewy, hans } = new Swarm();
  say(hans, "lack");
  say(chewy, "lack", { ...FILM, size: 6 });
  assertEquals(told(chewy).length, 3);
});

Deno.test({ name: "of thousands that nobody knows the last 16 are remembered", ...PURE }, () => {
  const { chewy, vader } = new Swarm();
  const other = (size: number) => ({ id: "cd".repeat(32), size });
  for (let size = 0; size < 5_000; size++) say(vader, "have", other(size), size / 2);
  const isTold = (size: number) => told(chewy, formatContent(other(size)), 2_500).length === 1;
  chewy.heartbeat(2_500);
  const asked = [0, 1, 16, 17, 2_500, ...Array.from({ length: 100 }, (_, i) => 4_900 + i)];
  assertEquals(asked.filter(isTold), Array.from({ length: 16 }, (_, i) => 4_984 + i));
  assertEquals(told(chewy, WANTED, 2_500), ["hans has all", "yoda has a part"]);
});

Deno.test({ name: "what was not said again for 30 s is not believed any more", ...PURE }, () => {
  const { chewy, hans, vader, yoda } = new Swarm();
  for (let now = 2_000; now <= 30_000; now += 2_000) {
    for (const member of [hans, vader, yoda, chewy]) member.heartbeat(now);
    if (now === 20_000) say(yoda, "have", FILM, now);
  }
  assertEquals(told(chewy, WANTED, 30_000).length, 3);
  assertEquals(told(chewy, WANTED, 30_001), ["hans has all", "yoda has a part"]);
});

Deno.test({ name: "it is over with the session: bye, silence, and a new login", ...PURE }, () => {
  const { service, chewy, hans, yoda } = new Swarm();
  yoda.ask({ verb: "bye", user: "yoda" });
  assertEquals(told(chewy), ["hans has all", "vader has a part"]);
  for (const member of [hans, chewy]) member.heartbeat(2_000);
  assertEquals(told(chewy, WANTED, 3_001), ["hans has all"]);
  const again = service.member("vader", VADER, 3_001);
  assertEquals(told(chewy, WANTED, 3_001), ["hans has all"]);
  say(again, "have", FILM, 3_001);
  assertEquals(told(chewy, WANTED, 3_001), ["hans has all", "vader has a part"]);
});

Deno.test({ name: "a new login from the same address has nothing in part", ...PURE }, () => {
  const { service, chewy } = new Swarm();
  const again = service.member("vader", VADER);
  assertEquals(told(chewy), ["hans has all", "yoda has a part"]);
  say(again, "lack");
  say(again, "have", { ...FILM, size: 6 });
  assertEquals(told(chewy), ["hans has all", "yoda has a part"]);
});

Deno.test({ name: "a disabled user is told to nobody", ...PURE }, () => {
  const { service, chewy } = new Swarm();
  service.index.replaceAccounts(Accounts.parse(CREDENTIALS.replace("pw-yoda", "disabled:pw-yoda")));
  assertEquals(told(chewy), ["hans has all", "vader has a part"]);
});

Deno.test({ name: "a session that has moved is told where it is now", ...PURE }, () => {
  const { service, chewy, yoda } = new Swarm();
  yoda.ask({ verb: "bye", user: "yoda" });
  const far = service.member("yoda", LAN);
  say(far, "have");
  const from = (verb: "lap" | "move", token = "") => {
    const message = far.message({ verb, user: "yoda", token });
    return far.read(verb, service.send(message, WIFI));
  };
  const reply = from("lap");
  assert(reply?.kind === "moved");
  const ip = () => get(chewy, WANTED).find(({ file }) => file!.user === "yoda")?.ip;
  assertEquals(ip(), LAN.hostname, "nothing is proven yet");
  assertEquals(from("move", reply.token), { kind: "done" });
  assertEquals(ip(), WIFI.hostname);
});

Deno.test(
  { name: "protocol 1 tells of nobody who has a part, and has no such verbs", ...PURE },
  () => {
    const { service, hans, chewy } = new Swarm();
    chewy.ask({ verb: "bye", user: "chewy" });
    assertEquals(service.sendPlain("login chewy pw-chewy 5000", CHEWY), "Welcome to BitTrickle!");
    for (let i = 0; i < 3; i++) {
      assertEquals(service.sendPlain("get chewy film.mp4", CHEWY), `200 127.0.0.1 ${HANS.port}`);
    }
    hans.ask({ verb: "bye", user: "hans" });
    assertEquals(service.sendPlain("get chewy film.mp4", CHEWY), "File not found");
    for (const verb of ["have", "lack"]) {
      assertEquals(service.sendPlain(`${verb} chewy ${WANTED}`, CHEWY), "Error: unknown command");
    }
  },
);
