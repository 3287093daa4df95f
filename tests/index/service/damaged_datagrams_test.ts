import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  isSealed,
} from "../../../lib/protocol/sealed_datagram.ts";
import {
  bitFlips,
  decoded,
  FORGED_BUSY,
  resetOf,
  ServiceClient,
  TestService,
} from "../../support/test_service.ts";
import { HANS, LAN, YODA } from "../../support/users.ts";

/** An index at which vader watches, and vader. */
function watched() {
  const service = new TestService();
  const vader = service.member("vader", HANS);
  vader.pub("a.txt");
  return { service, vader };
}

/**
 * Whether `datagram` is `original` in another spelling: base64url leaves bits unused at the end.
 */
function isSame(datagram: Uint8Array, original: Uint8Array): boolean {
  try {
    const canonical = [datagram, original].map((bytes) => {
      const content = decodeSealedDatagram(bytes);
      return JSON.stringify(content, (_, value) => {
        return typeof value === "string" ? Buffer.from(value, "base64url").toString() : value;
      });
    });
    return canonical[0] === canonical[1];
  } catch {
    return false;
  }
}

Deno.test({
  name: "a hello that differs in one bit gets no more than a retry, a challenge or silence",
  permissions: "none",
}, () => {
  const { service, vader } = watched();
  const hans = new ServiceClient(service, "hans", YODA);
  const seen = new Set<string>();
  for (const flipped of bitFlips(hans.provenHello())) {
    const answer = service.send(flipped, YODA);
    if (!isSealed(flipped)) assertEquals(isSealed(answer!), false);
    else seen.add(decoded(answer)?.kind ?? "silence");
  }
  assertEquals([...seen].sort(), ["busy", "challenge", "retry", "silence"]);
  assertEquals([vader.lap(), service.published("hans", vader)], [[], []]);
  assertEquals(hans.logIn(60_000), { kind: "welcome" });
});

Deno.test({
  name: "a login that differs in one bit is met with silence, and the true one works after it",
  permissions: "none",
}, () => {
  const { service, vader } = watched();
  const hans = new ServiceClient(service, "hans", LAN);
  const login = hans.readyLogin();
  for (const flipped of bitFlips(login)) {
    if (!isSame(flipped, login)) assertEquals(service.send(flipped, LAN), undefined);
  }
  assertEquals(vader.lap(), []);
  // So many cost the host its logins for the next moment.
  const welcome = service.send(login, LAN, 1_000);
  assertEquals(hans.takeWelcome(welcome), { kind: "welcome" });
});

Deno.test({
  name: "a used login that differs in one bit opens nothing and closes nothing",
  permissions: "none",
}, () => {
  const { service, vader } = watched();
  const hans = new ServiceClient(service, "hans", LAN);
  const login = hans.readyLogin();
  const welcome = service.send(login, LAN);
  assertEquals(hans.takeWelcome(welcome)?.kind, "welcome");
  hans.pub("b.txt");
  const told = service.events.length;
  for (const flipped of bitFlips(login)) {
    if (isSame(flipped, login)) continue;
    const answer = service.send(flipped, LAN);
    assert(answer === undefined || Buffer.compare(answer, welcome!) === 0);
  }
  assertEquals(service.events.slice(told).filter(({ kind }) => kind === "received"), []);
  assertEquals([vader.lap(), service.published("hans", vader)], [["hans"], ["b.txt"]]);
  assertEquals(hans.lap(), ["vader"]);
});

Deno.test({
  name: "a message that differs in one bit is met with silence or a reset, and has no effect",
  permissions: "none",
}, () => {
  const { service, vader } = watched();
  const hans = service.member("hans", LAN);
  for (const verb of ["pub", "unp", "bye"] as const) {
    const request = verb === "bye" ? { verb, user: "hans" } : { verb, user: "hans", name: "b.txt" };
    const published = service.published("hans", vader);
    const message = hans.message(request);
    for (const flipped of bitFlips(message)) {
      const answer = decoded(service.send(flipped, LAN));
      if (answer?.kind !== "reset") assertEquals(answer, undefined);
      else assert(answer.session !== hans.keys.session);
    }
    assertEquals([vader.lap(), service.published("hans", vader)], [["hans"], published]);
    assertEquals(hans.answerTo(message), "message");
  }
  assertEquals(vader.lap(), []);
});

Deno.test({
  name: "retry, challenge, reset and the index's messages come to nothing, damaged or not",
  permissions: "none",
}, () => {
  const { service, vader } = watched();
  const hans = new ServiceClient(service, "hans", LAN);
  const [retry, challenge] = [hans.hello(), hans.provenHello()].map((it) => service.send(it, LAN));
  const welcome = service.send(hans.readyLogin(), LAN);
  assertEquals(hans.takeWelcome(welcome)?.kind, "welcome");
  const answers = [
    retry,
    challenge,
    welcome,
    service.send(hans.message({ verb: "lap", user: "hans" }), LAN),
    encodeSealedDatagram(resetOf(hans.keys.session)),
    encodeSealedDatagram(FORGED_BUSY),
  ];
  for (const answer of answers) {
    for (const flipped of bitFlips(answer!)) {
      const kind = decoded(service.send(flipped, LAN))?.kind;
      assert(kind === undefined || kind === "reset", kind);
    }
  }
  assertEquals([hans.lap(), vader.lap()], [["vader"], ["hans"]]);
});

Deno.test({
  name: "every datagram sent again, by anybody, changes nothing",
  permissions: "none",
}, () => {
  const { service, vader } = watched();
  const hans = new ServiceClient(service, "hans", LAN);
  const sent = [hans.hello(), hans.provenHello(), hans.readyLogin()];
  const say = (datagram: Uint8Array) => {
    sent.push(datagram);
    service.send(datagram, LAN);
  };
  assertEquals(hans.takeWelcome(service.send(sent[2]!, LAN))?.kind, "welcome");
  for (const name of ["b", "c", "d"]) {
    say(hans.message({ verb: "pub", user: "hans", name }));
    say(hans.message({ verb: "unp", user: "hans", name }));
  }
  say(hans.message({ verb: "pub", user: "hans", name: "e" }));
  for (const datagram of sent) {
    for (const from of [LAN, HANS, { ...LAN, port: 1 }]) service.send(datagram, from);
  }
  assertEquals(service.published("hans", vader), ["e"]);
  assertEquals(vader.lap(), ["hans"]);
  assertEquals(hans.lap(), ["vader"]);
  say(hans.message({ verb: "bye", user: "hans" }));
  for (const datagram of sent) service.send(datagram, LAN, 1);
  assertEquals(vader.lap(1), []);
});
