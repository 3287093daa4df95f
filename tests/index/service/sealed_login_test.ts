import { openTicket } from "../../../lib/protocol/ticket.ts";
import { assert, assertEquals } from "@std/assert";
import { registerPassword } from "../../../lib/index/login/login_records.ts";
import { encodeSealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import { decoded, ServiceClient, SETUP, TestService } from "../../support/test_service.ts";
import { HANS, LAN, VADER, YODA } from "../../support/users.ts";

const ELSEWHERE = { ...LAN, port: 49_999 };

Deno.test(
  { name: "a login opens a session in which every verb works", permissions: "none" },
  () => {
    const service = new TestService();
    const hans = service.member("hans", LAN);
    const vader = service.member("vader", HANS);
    const [user, name] = ["hans", "a folder/100% 🎬.mp4"];
    const details = { size: 5, id: "ab".repeat(32) };
    assertEquals(hans.ask({ verb: "pub", user, name, details }), { kind: "published" });
    assertEquals(hans.lap(), ["vader"]);
    assertEquals(service.published("hans", vader), [name]);
    assertEquals(vader.ask({ verb: "sch", user: "vader", text: "🎬 100%" }), {
      kind: "list",
      of: "files found",
      items: [name],
      more: 0,
      details: [details],
      publishers: [{ user, active: 1, all: 1 }],
    });
    const source = { ip: LAN.hostname, port: LAN.port, file: { user, name, details } };
    const reply = vader.ask({ verb: "get", user: "vader", name });
    assert(reply?.kind === "sources");
    const { pass, ...told } = reply.sources[0]!;
    assertEquals([told, reply.sources.length, reply.more], [source, 1, 0]);
    assertEquals(pass && openTicket(hans.keys.tickets, pass.ticket)?.downloader, "vader");
    assertEquals(hans.ask({ verb: "unp", user, name }), { kind: "unpublished" });
    assertEquals(hans.ask({ verb: "unp", user, name }), { kind: "not published" });
    assertEquals(vader.ask({ verb: "get", user: "vader", name }), { kind: "no source" });
    assertEquals(hans.heartbeat(), { kind: "done" });
    assertEquals(hans.ask({ verb: "bye", user }), { kind: "done" });
  },
);

Deno.test({
  name: "a user with a stored record logs in like one whose password is in clear",
  permissions: "none",
}, () => {
  const record = registerPassword(SETUP, "hans", "carbonite*7", "light");
  const service = new TestService(`hans opaque:2:${record}\nvader pw-vader`);
  const hans = new ServiceClient(service, "hans", LAN, "carbonite*7");
  const challenge = hans.greet();
  assert(challenge?.kind === "challenge");
  assertEquals(challenge.stretching, "strong");
  assertEquals(hans.takeWelcome(service.send(hans.proof(challenge)!, LAN))?.kind, "welcome");
  assertEquals(hans.lap(), []);
  const guesser = new ServiceClient(service, "hans", HANS, "carbonite*8");
  assertEquals(guesser.proof(guesser.greet()), undefined);
});

Deno.test({
  name: "the same login again gets the same bytes and opens no second session",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = new ServiceClient(service, "hans", LAN);
  const login = hans.readyLogin();
  const welcome = service.send(login, LAN)!;
  assertEquals(hans.takeWelcome(welcome)?.kind, "welcome");
  assertEquals(hans.pub("a.txt", 1), { kind: "published" });
  assertEquals(service.send(login, LAN, 2), welcome);
  assertEquals(hans.lap(3), [], "the session is still the same");
  assertEquals(service.events.filter(({ kind }) => kind === "answered").length, 3);
  hans.ask({ verb: "bye", user: "hans" }, 4);
  assertEquals(service.send(login, LAN, 5), welcome);
  assertEquals(service.member("vader", HANS, 5).lap(5), []);
  assertEquals(service.send(login, LAN, 10_001), undefined);
});

Deno.test({
  name: "a login from another address than its cookie's does not spoil it",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = new ServiceClient(service, "hans", LAN);
  const login = hans.readyLogin();
  assertEquals(service.send(login, ELSEWHERE), undefined);
  assertEquals(hans.takeWelcome(service.send(login, LAN)), { kind: "welcome" });
  assertEquals(service.send(login, ELSEWHERE), undefined);
});

for (const text of ["login", "login 80 agent", "lap", "login 5000 a b c", "\xff"]) {
  Deno.test({
    name: `a login that says ${JSON.stringify(text)} in its box opens no session`,
    permissions: "none",
  }, () => {
    const service = new TestService();
    const hans = new ServiceClient(service, "hans", LAN);
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const answer = service.send(hans.proof(hans.greet(), bytes)!, LAN);
    const reply = hans.takeWelcome(answer);
    assert(reply?.kind === "error" && reply.code === 400);
    assertEquals(hans.answerTo(hans.message({ verb: "lap", user: "hans" })), "reset");
  });
}

Deno.test({
  name: "the box of a login or a welcome, sent as a message, is met with silence",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = new ServiceClient(service, "hans", LAN);
  const login = hans.readyLogin();
  const answer = service.send(login, LAN);
  assertEquals(hans.takeWelcome(answer)?.kind, "welcome");
  const [content, welcome] = [decoded(login), decoded(answer)];
  assert(content?.kind === "login" && welcome?.kind === "welcome");
  const { session } = hans.keys;
  for (const { box } of [content, welcome]) {
    for (const number of [0, 1]) {
      const message = encodeSealedDatagram({ kind: "message", session, number, box });
      assertEquals(service.send(message, LAN), undefined);
    }
  }
});

Deno.test({
  name: "a user with eight sessions is refused a ninth, until one of them is over",
  permissions: "none",
}, () => {
  const service = new TestService();
  const addresses = Array.from({ length: 8 }, (_, i) => ({ ...LAN, port: 2_000 + i }));
  const devices = addresses.map((from) => service.member("hans", from));
  const last = new ServiceClient(service, "hans", ELSEWHERE);
  const login = last.readyLogin(1_000);
  const refusal = service.send(login, ELSEWHERE, 1_000);
  assertEquals(last.takeWelcome(refusal), { kind: "too many sessions" });
  assertEquals(last.answerTo(last.message({ verb: "lap", user: "hans" }), 1_000), "reset");
  for (const device of devices) assertEquals(device.lap(3_000), [], "all others go on");
  assertEquals(service.send(login, ELSEWHERE, 6_001), refusal, "the same answer, whatever changed");
  assertEquals(new ServiceClient(service, "hans", ELSEWHERE).logIn(6_001)?.kind, "welcome");
});

Deno.test({
  name: "a login from the very address of the session replaces it, and publications stay",
  permissions: "none",
}, () => {
  const service = new TestService();
  const lost = service.member("hans", LAN);
  const pub = lost.message({ verb: "pub", user: "hans", name: "a.txt" });
  assertEquals(lost.answerTo(pub), "message");
  const hans = service.member("hans", LAN, 1);
  assertEquals(service.published("hans", hans, 1), ["a.txt"]);
  assertEquals(lost.answerTo(pub, 1), "reset", "nothing of it is kept");
  assertEquals(lost.answerTo(lost.message({ verb: "lap", user: "hans" }), 1), "reset");
  assertEquals(service.member("vader", HANS, 1).lap(1), ["hans"]);
});

Deno.test({
  name: "plain requests forged from a sealed session's address change nothing",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", HANS);
  hans.pub("a.txt");
  for (const rest of ["lap hans", "unp hans a.txt", "pub hans b.txt", "get hans a.txt"]) {
    assertEquals(service.sendPlain(rest, HANS, 2_000), "Error: not logged in");
  }
  assertEquals(service.sendPlain("heartbeat hans", HANS, 2_000), "");
  assertEquals(
    service.sendPlain("login vader wrong 5000", HANS, 2_000).slice(0, 14),
    "Authentication",
  );
  assertEquals(service.published("hans", hans, 3_000), ["a.txt"]);
  service.sendPlain("heartbeat hans", HANS, 6_000);
  assertEquals(hans.answerTo(hans.message({ verb: "lap", user: "hans" }), 6_001), "reset");
});

Deno.test({
  name: "another user's plain login at the address of a sealed session leaves it alone",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", HANS);
  assertEquals(service.sendPlain("login vader pw-vader 5000", HANS), "Welcome to BitTrickle!");
  assertEquals(service.sendPlain("lap vader", HANS), "1 active peer:\nhans");
  assertEquals(hans.lap(), ["vader"]);
  assertEquals(hans.pub("a.txt"), { kind: "published" });
  const yoda = service.member("yoda", HANS);
  assertEquals([...yoda.lap()].sort(), ["hans", "vader"]);
  assertEquals(service.sendPlain("lap vader", HANS), "2 active peers:\nhans\nyoda");
});

Deno.test({
  name: "what one user does in one protocol changes nothing of the same user's in the other",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", HANS);
  const yoda = service.member("yoda", YODA);
  assertEquals(service.sendPlain("login hans pw-hans 5000", VADER), "Welcome to BitTrickle!");
  assertEquals(hans.pub("sealed.txt"), { kind: "published" });
  assertEquals(service.sendPlain("pub hans plain.txt", VADER), "File published successfully");
  assertEquals(service.sendPlain("unp hans sealed.txt", VADER), "File unpublication failed");
  assertEquals(service.sendPlain("lpf hans", VADER), "1 file published:\nplain.txt");
  assertEquals(service.published("hans", yoda), ["plain.txt", "sealed.txt"]);
  assertEquals(hans.ask({ verb: "unp", user: "hans", name: "plain.txt" }), {
    kind: "not published",
  });
  assertEquals(yoda.lap(), ["hans"]);
  const refusal = "Authentication failed: user is already active";
  assertEquals(service.sendPlain("login hans pw-hans 5000", YODA), refusal, "one in protocol 1");
});

Deno.test({
  name: "the program that a client says it is is kept with its session and told the log",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const agent = "test/1 (a %)";
  assertEquals(service.index.sealedSession(hans.keys.session)?.sealed?.agent, agent);
  const event = { from: LAN, verb: "login", user: "hans" } as const;
  const answered = { kind: "answered", code: 200, since: 0 } as const;
  assertEquals(service.events, [{ kind: "received", ...event, agent }, { ...answered, ...event }]);
});

Deno.test({
  name: "a login whose program is unprintable opens no session and is logged as malformed",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = new ServiceClient(service, "hans", LAN);
  const text = new TextEncoder().encode("login\t-\t5000\t\u202e");
  const reply = hans.takeWelcome(service.send(hans.proof(hans.greet(), text)!, LAN));
  assertEquals(reply, { kind: "error", code: 400, reason: "bad login" });
  assertEquals(service.events, [
    { kind: "dropped", from: LAN, why: "malformed" },
    { kind: "malformed", from: LAN, reason: "bad login of hans" },
  ]);
});
