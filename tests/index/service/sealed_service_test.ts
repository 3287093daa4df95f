import { assert, assertEquals } from "@std/assert";
import { COUNTED_MATCHES, LOGIN_STEP_MS, OVER_KEPT_MS } from "../../../lib/protocol/limits.ts";
import { HEADER_BYTES } from "../../../lib/protocol/sealed_message.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
} from "../../../lib/protocol/sealed_datagram.ts";
import {
  decoded,
  FORGED_BUSY,
  resetOf,
  ServiceClient,
  TestService,
} from "../../support/test_service.ts";
import { CREDENTIALS, HANS, LAN, VADER } from "../../support/users.ts";

const ELSEWHERE = { ...LAN, port: 49_999 };

Deno.test({
  name: "a list that is longer than a message comes in pages, each after the last item before",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const vader = service.member("vader", HANS);
  const names = Array.from({ length: 300 }, (_, i) => `a long name & ${i} %.txt`).sort();
  for (const name of names) hans.pub(name);
  for (
    const request of [
      { verb: "lpf", user: "hans" },
      { verb: "lpf", user: "hans", of: "hans" },
      { verb: "sch", user: "vader", text: "long .txt" },
    ] as const
  ) {
    const asker = request.user === "hans" ? hans : vader;
    const read: string[] = [];
    for (let more = 1, after: string | undefined; more > 0; after = read.at(-1)) {
      const page = asker.ask(after === undefined ? request : { ...request, after });
      assert(page?.kind === "list" && page.items.length > 0);
      read.push(...page.items);
      more = page.more;
      const left = 300 - read.length;
      // Of the matches of a search not all are counted.
      const least = request.verb === "sch" ? Math.min(left, COUNTED_MATCHES) : left;
      assert(more >= least && more <= left);
    }
    assertEquals(read, names);
  }
  service.member("yoda", VADER);
  const peers = vader.ask({ verb: "lap", user: "vader", after: "hans" });
  assertEquals(peers, { kind: "list", of: "active peers", items: ["yoda"], more: 0 });
});

Deno.test({
  name: "a message sent again gets the same bytes and has no second effect",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const vader = service.member("vader", HANS);
  const pub = hans.message({ verb: "pub", user: "hans", name: "a.txt" });
  const answer = service.send(pub, LAN);
  assertEquals(hans.read("pub", answer), { kind: "published" });
  hans.ask({ verb: "unp", user: "hans", name: "a.txt" });
  for (let i = 0; i < 3; i++) assertEquals(service.send(pub, LAN), answer);
  assertEquals(service.published("hans", vader), []);
});

Deno.test({
  name: "messages are heard in any order within 16 numbers, and below them is silence",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const messages = Array.from({ length: 20 }, (_, i) => {
    return hans.message({ verb: "pub", user: "hans", name: `${i + 1}` }, i + 1);
  });
  assertEquals(hans.answerTo(messages[19]!), "message");
  for (let number = 19; number >= 5; number--) {
    assertEquals(hans.answerTo(messages[number - 1]!), "message");
  }
  for (let number = 1; number <= 4; number++) {
    assertEquals(hans.answerTo(messages[number - 1]!), undefined);
  }
  hans.number = 21;
  assertEquals(service.published("hans", hans).length, 16);
  assertEquals(hans.answerTo(messages[4]!), undefined, "it has left the window");
  assertEquals(hans.answerTo(messages[5]!), "message");
});

Deno.test({
  name: "a message of an unknown session gets a reset, which is shorter",
  permissions: "none",
}, () => {
  const service = new TestService();
  const stranger = new TestService().member("hans", LAN);
  for (const text of [new Uint8Array(1), new Uint8Array(500)]) {
    const message = stranger.message(text);
    const answer = service.send(message, LAN)!;
    assertEquals(decoded(answer), resetOf(stranger.keys.session));
    assert(answer.length < message.length);
  }
});

Deno.test({
  name: "what does not open is met with silence, wherever it comes from",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const forged = decoded(hans.message({ verb: "lap", user: "hans" }));
  assert(forged?.kind === "message");
  const message = encodeSealedDatagram({ ...forged, number: 9 });
  for (const from of [LAN, ELSEWHERE, HANS]) assertEquals(service.send(message, from), undefined);
});

Deno.test({ name: "nothing is answered to an answer", permissions: "none" }, () => {
  const service = new TestService();
  const hans = new ServiceClient(service, "hans", LAN);
  const [retry, challenge] = [hans.hello(), hans.provenHello()].map((it) => service.send(it, LAN));
  const welcome = service.send(hans.readyLogin(), LAN);
  assertEquals(hans.takeWelcome(welcome)?.kind, "welcome");
  const answers = [
    retry,
    challenge,
    welcome,
    encodeSealedDatagram(FORGED_BUSY),
    encodeSealedDatagram(resetOf("c2Vzc2lvbjE")),
  ];
  answers.push(service.send(hans.message({ verb: "lap", user: "hans" }), LAN));
  answers.push(encodeSealedDatagram(resetOf(hans.keys.session)));
  for (const answer of answers) {
    for (const from of [LAN, HANS]) assertEquals(service.send(answer!, from), undefined);
  }
  assertEquals(hans.lap(), [], "a reset to the index resets nothing");
});

Deno.test({
  name: "an ill-formed request is answered with its reason and is not run",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  for (const [text, reason] of [["rm\ta.txt", "unknown verb"], ["get\t../a", "bad name: "]]) {
    const answer = service.send(hans.message(new TextEncoder().encode(text)), LAN);
    const reply = hans.read("get", answer);
    assert(reply?.kind === "error" && reply.code === 400);
    assert(reply.reason.startsWith(reason!));
  }
  assertEquals(service.published("hans", hans), []);
});

Deno.test({
  name: "any valid new number keeps a user active for 3 s more, a repeated one does not",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const vader = service.member("vader", HANS);
  const messages = [
    hans.message({ verb: "heartbeat", user: "hans" }),
    hans.message({ verb: "unp", user: "hans", name: "a.txt" }),
    hans.message({ verb: "lap", user: "hans" }),
  ];
  for (const [i, message] of messages.entries()) {
    vader.heartbeat(i * 3_000 + 1_500);
    vader.heartbeat(i * 3_000 + 3_000);
    assertEquals(hans.answerTo(message, (i + 1) * 3_000), "message", `${i}`);
  }
  for (let now = 9_000; now <= 12_000; now += 500) {
    assertEquals(hans.answerTo(messages[2]!, now), "message");
    vader.heartbeat(now);
  }
  assertEquals(vader.lap(12_000), ["hans"]);
  assertEquals(vader.lap(12_001), []);
  assertEquals(hans.answerTo(hans.message({ verb: "lap", user: "hans" }), 12_001), "reset");
  assertEquals(hans.answerTo(hans.message({ verb: "lap", user: "hans" }), 12_001), "reset");
});

Deno.test({
  name: "bye ends a session at once, and is acknowledged however often it comes",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const vader = service.member("vader", HANS);
  const bye = hans.message({ verb: "bye", user: "hans" });
  const answer = service.send(bye, LAN);
  assertEquals(hans.read("bye", answer), { kind: "done" });
  assertEquals(vader.lap(), []);
  assertEquals(service.send(bye, LAN), answer);
  assertEquals(hans.answerTo(hans.message({ verb: "lap", user: "hans" })), "reset");
  service.member("hans", ELSEWHERE);
});

Deno.test({
  name: "a session may make 2,000 requests at once, of which the next is refused but heard",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  for (let i = 0; i < 2_000; i++) assertEquals(hans.heartbeat(1_000), { kind: "done" });
  const refusal = { kind: "error", code: 429, reason: "too many requests" } as const;
  assertEquals(hans.pub("a.txt", 1_000), refusal);
  assertEquals(hans.heartbeat(1_000), refusal);
  assertEquals(hans.pub("a.txt", 1_001), { kind: "published" });
  assertEquals(service.member("vader", HANS, 4_001).lap(4_001), ["hans"]);
});

Deno.test({
  name: "a request that publishes many files counts as one",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  for (let i = 0; i < 1_999; i++) hans.heartbeat(1_000);
  const others = Array.from({ length: 31 }, (_, i) => ({ name: `${i}` }));
  const request = { verb: "pub", user: "hans", name: "a", others } as const;
  assertEquals(hans.ask(request, 1_000), { kind: "published" });
  const reply = hans.pub("b", 1_000);
  assertEquals(reply?.kind === "error" && reply.code, 429);
});

Deno.test({
  name: "every sealed request is told of, what it is about, and how it ended",
  permissions: "none",
}, () => {
  const service = new TestService(CREDENTIALS);
  const hans = service.member("hans", LAN);
  hans.heartbeat();
  hans.pub("a.txt");
  hans.ask({ verb: "get", user: "hans", name: "a.txt" });
  new ServiceClient(service, "hans", ELSEWHERE).logIn();
  hans.ask({ verb: "unp", user: "hans", name: "b.txt" });
  const told = service.events.map((event) => {
    assert("verb" in event);
    const { kind, verb, user, subject } = event;
    return [kind, verb, user, subject, "code" in event ? event.code : undefined]
      .filter((it) => it !== undefined).join(" ");
  });
  assertEquals(told, [
    "received login hans",
    "answered login hans 200",
    "answered heartbeat hans 200",
    "received pub hans a.txt",
    "answered pub hans a.txt 200",
    "received get hans a.txt",
    "failed get hans a.txt 404",
    "received login hans",
    "answered login hans 200",
    "received unp hans b.txt",
    "failed unp hans b.txt 404",
  ]);
});

Deno.test({
  name: "a login that nobody goes on with is told of once its time is over",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = new ServiceClient(service, "hans", LAN);
  assert(hans.greet());
  service.expire(LOGIN_STEP_MS);
  assertEquals(service.events, []);
  service.expire(LOGIN_STEP_MS + 1);
  service.expire(LOGIN_STEP_MS + 1);
  assertEquals(service.events, [{ kind: "unproven", from: LAN, user: "hans" }]);
  new ServiceClient(service, "hans", LAN).logIn();
  service.expire(10 * LOGIN_STEP_MS);
  assertEquals(service.events.filter(({ kind }) => kind === "unproven").length, 1);
});

Deno.test({
  name: "a session that has long been over is forgotten, and its client told to log in again",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const yoda = service.member("yoda", { ...LAN, port: 40_005 });
  const late = OVER_KEPT_MS + 1;
  for (let now = 0; now < late; now += 2_000) yoda.heartbeat(now);
  service.expire(late);
  assertEquals(service.index.sealedSession(hans.keys.session), undefined);
  const answer = service.send(hans.message({ verb: "lap", user: "hans" }), LAN, late);
  assertEquals(decoded(answer), resetOf(hans.keys.session));
  assertEquals(yoda.heartbeat(late), { kind: "done" });
});

Deno.test({
  name: "what is dropped is told with the reason",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const message = hans.message({ verb: "lap", user: "hans" });
  service.send(message, LAN);
  service.send(message, LAN);
  const forged = message.slice();
  forged[forged.length - 1]! ^= 1;
  service.send(forged, LAN);
  service.send(new TextEncoder().encode("BT2/x"), LAN);
  const other = message.slice();
  other.fill(7, HEADER_BYTES - 16, HEADER_BYTES - 8);
  service.send(other, LAN);
  const reasons = service.events.flatMap((event) => event.kind === "dropped" ? [event.why] : []);
  assertEquals(reasons, ["repeated", "not authentic", "malformed", "unknown session"]);
});

Deno.test({
  name: "replies are sealed for their session, number and direction alone",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const message = hans.message({ verb: "lap", user: "hans" });
  const answer = decodeSealedDatagram(service.send(message, LAN)!);
  assert(answer.kind === "message");
  assertEquals([answer.session, answer.number], [hans.keys.session, 1]);
  const back = encodeSealedDatagram({ ...answer, number: 2 });
  assertEquals(service.send(back, LAN), undefined);
});

Deno.test({
  name: "other sessions of a user hear that something was withdrawn",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", HANS);
  const other = service.member("hans", LAN);
  const vader = service.member("vader", VADER);
  const everywhere = { verb: "unp", user: "hans", name: "a", isEverywhere: true } as const;
  const told = () =>
    [hans, other, vader].map((it) => {
      const reply = it.heartbeat();
      return reply?.kind === "done" ? reply.withdrawals : reply;
    });
  assertEquals(other.ask(everywhere), { kind: "not published" });
  hans.ask({ verb: "pub", user: "hans", name: "a" });
  assertEquals(told(), [undefined, undefined, undefined]);
  assertEquals(other.ask(everywhere), { kind: "unpublished" });
  assertEquals(told(), [1, undefined, undefined]);
  const later = service.member("hans", { hostname: "192.0.2.77", port: 5_000 });
  assertEquals(later.heartbeat(), { kind: "done" }, "it is told what happens from now on");
});
