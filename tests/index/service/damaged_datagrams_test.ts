import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  isSealed,
} from "../../../lib/protocol/sealed_datagram.ts";
import { bitFlips, decoded, HANS, LAN, Member, Talk, YODA } from "./sealed_talk.ts";

/** An index at which vader watches, and vader. */
function watched() {
  const talk = new Talk();
  const vader = talk.member("vader", HANS);
  vader.pub("a.txt");
  return { talk, vader };
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
  const { talk, vader } = watched();
  const hans = new Member(talk, "hans", YODA);
  const seen = new Set<string>();
  for (const flipped of bitFlips(hans.provenHello())) {
    const answer = talk.send(flipped, YODA);
    if (!isSealed(flipped)) assertEquals(isSealed(answer!), false);
    else seen.add(decoded(answer)?.kind ?? "silence");
  }
  assertEquals([...seen].sort(), ["busy", "challenge", "retry", "silence"]);
  assertEquals([vader.lap(), talk.published("hans", vader)], [[], []]);
  assertEquals(hans.logIn(60_000), { kind: "welcome" });
});

Deno.test({
  name: "a login that differs in one bit is met with silence, and the true one works after it",
  permissions: "none",
}, () => {
  const { talk, vader } = watched();
  const hans = new Member(talk, "hans", LAN);
  const login = hans.readyLogin();
  for (const flipped of bitFlips(login)) {
    if (!isSame(flipped, login)) assertEquals(talk.send(flipped, LAN), undefined);
  }
  assertEquals(vader.lap(), []);
  // So many cost the host its logins for the next moment.
  const welcome = talk.send(login, LAN, 1_000);
  assertEquals(hans.read("login", welcome), { kind: "welcome" });
});

Deno.test({
  name: "a used login that differs in one bit opens nothing and closes nothing",
  permissions: "none",
}, () => {
  const { talk, vader } = watched();
  const hans = new Member(talk, "hans", LAN);
  const login = hans.readyLogin();
  const welcome = talk.send(login, LAN);
  hans.pub("b.txt");
  const told = talk.events.length;
  for (const flipped of bitFlips(login)) {
    if (isSame(flipped, login)) continue;
    const answer = talk.send(flipped, LAN);
    assert(answer === undefined || Buffer.compare(answer, welcome!) === 0);
  }
  assertEquals(talk.events.slice(told).filter(({ kind }) => kind === "received"), []);
  assertEquals([vader.lap(), talk.published("hans", vader)], [["hans"], ["b.txt"]]);
  assertEquals(hans.lap(), ["vader"]);
});

Deno.test({
  name: "a message that differs in one bit is met with silence or a reset, and has no effect",
  permissions: "none",
}, () => {
  const { talk, vader } = watched();
  const hans = talk.member("hans", LAN);
  for (const verb of ["pub", "unp", "bye"] as const) {
    const request = verb === "bye" ? { verb, user: "hans" } : { verb, user: "hans", name: "b.txt" };
    const published = talk.published("hans", vader);
    const message = hans.message(request);
    for (const flipped of bitFlips(message)) {
      const answer = decoded(talk.send(flipped, LAN));
      if (answer?.kind !== "reset") assertEquals(answer, undefined);
      else assert(answer.session !== hans.keys.session);
    }
    assertEquals([vader.lap(), talk.published("hans", vader)], [["hans"], published]);
    assertEquals(hans.answerTo(message), "message");
  }
  assertEquals(vader.lap(), []);
});

Deno.test({
  name: "retry, challenge, reset and the index's messages come to nothing, damaged or not",
  permissions: "none",
}, () => {
  const { talk, vader } = watched();
  const hans = new Member(talk, "hans", LAN);
  const answers = [
    talk.send(hans.hello(), LAN),
    talk.send(hans.provenHello(), LAN),
    talk.send(hans.readyLogin(), LAN),
    talk.send(hans.message({ verb: "lap", user: "hans" }), LAN),
    encodeSealedDatagram({ kind: "reset", session: hans.keys.session }),
    encodeSealedDatagram({ kind: "busy", seconds: 2 }),
  ];
  for (const answer of answers) {
    for (const flipped of bitFlips(answer!)) {
      const kind = decoded(talk.send(flipped, LAN))?.kind;
      assert(kind === undefined || kind === "reset", kind);
    }
  }
  assertEquals([hans.lap(), vader.lap()], [["vader"], ["hans"]]);
});

Deno.test({
  name: "every datagram sent again, by anybody, changes nothing",
  permissions: "none",
}, () => {
  const { talk, vader } = watched();
  const hans = new Member(talk, "hans", LAN);
  const sent = [hans.hello(), hans.provenHello(), hans.readyLogin()];
  const say = (datagram: Uint8Array) => {
    sent.push(datagram);
    talk.send(datagram, LAN);
  };
  talk.send(sent[2]!, LAN);
  for (const name of ["b", "c", "d"]) {
    say(hans.message({ verb: "pub", user: "hans", name }));
    say(hans.message({ verb: "unp", user: "hans", name }));
  }
  say(hans.message({ verb: "pub", user: "hans", name: "e" }));
  for (const datagram of sent) {
    for (const from of [LAN, HANS, { ...LAN, port: 1 }]) talk.send(datagram, from);
  }
  assertEquals(talk.published("hans", vader), ["e"]);
  assertEquals(vader.lap(), ["hans"]);
  assertEquals(hans.lap(), ["vader"]);
  say(hans.message({ verb: "bye", user: "hans" }));
  for (const datagram of sent) talk.send(datagram, LAN, 1);
  assertEquals(vader.lap(1), []);
});
