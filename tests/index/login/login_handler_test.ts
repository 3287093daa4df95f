import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { Index } from "../../../lib/index/index.ts";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { LoginHandler } from "../../../lib/index/login/login_handler.ts";
import { LoginRecords } from "../../../lib/index/login/login_records.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import { encodeSealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import {
  bitFlips,
  decoded,
  ServiceClient,
  SETUP,
  TestService,
} from "../../support/test_service.ts";
import { CREDENTIALS, HANS, LAN, VADER } from "../../support/users.ts";

/** Records that count how often they are asked for. */
class CountedRecords extends LoginRecords {
  count = 0;

  override of(...args: Parameters<LoginRecords["of"]>): ReturnType<LoginRecords["of"]> {
    this.count++;
    return super.of(...args);
  }
}

Deno.test({
  name: "a hello without a token costs the index nothing but a shorter retry",
  permissions: "none",
}, () => {
  const records = new CountedRecords(SETUP);
  const service = new TestService(CREDENTIALS, records);
  for (const user of ["hans", "nobody", "u".repeat(64), "🎬".repeat(64)]) {
    const hello = new ServiceClient(service, user, LAN).hello();
    const answer = service.send(hello, LAN);
    assertEquals(decoded(answer)?.kind, "retry");
    assert(answer!.length < 60 && answer!.length <= hello.length);
  }
  assertEquals(records.count, 0);
  assertEquals(new ServiceClient(service, "hans", LAN).greet()?.kind, "challenge");
  assertEquals(records.count, 1);
});

Deno.test({
  name: "hellos without a token count as no attempts and against no rate",
  permissions: "none",
}, () => {
  const service = new TestService();
  for (let i = 0; i < 100; i++) service.send(new ServiceClient(service, "hans", LAN).hello(), LAN);
  assertEquals(new ServiceClient(service, "hans", LAN).greet()?.kind, "challenge");
});

Deno.test({
  name: "a token is good for 10 s and for its address alone, else there is a new retry",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hello = new ServiceClient(service, "hans", LAN).provenHello(0);
  for (
    const [from, now, kind] of [
      [LAN, 10_001, "retry"],
      [LAN, 10_000, "challenge"],
      [{ ...LAN, port: 1 }, 0, "retry"],
      [{ ...LAN, hostname: "192.168.1.8" }, 0, "retry"],
    ] as const
  ) {
    assertEquals(decoded(service.send(hello, from, now))?.kind, kind);
  }
});

Deno.test({
  name: "a hello whose token differs in one bit gets a new retry, or silence for what is none",
  permissions: "none",
}, () => {
  const records = new CountedRecords(SETUP);
  const service = new TestService(CREDENTIALS, records);
  const hello = new ServiceClient(service, "hans", LAN).provenHello();
  const end = new TextDecoder().decode(hello).trimEnd().length;
  const seen = new Set<string>();
  for (let at = end - 32; at < end; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const answer = service.send(hello.with(at, hello[at]! ^ (1 << bit)), LAN);
      seen.add(decoded(answer)?.kind ?? "silence");
    }
  }
  assertEquals([...seen].sort(), ["retry", "silence"]);
  assertEquals(records.count, 0);
});

Deno.test({
  name: "an unknown user gets the same kinds and lengths of datagrams as a known one",
  permissions: "none",
}, () => {
  const service = new TestService("hans pw-hans\nvader disabled:pw-vader");
  const lengths = ["hans", "hons", "vade", "hanS"].map((user) => {
    const member = new ServiceClient(service, user, LAN);
    const retry = service.send(member.hello(), LAN);
    const hello = member.provenHello();
    const challenge = service.send(hello, LAN);
    assert(challenge!.length <= hello.length);
    const content = decoded(challenge);
    assert(content?.kind === "challenge");
    const { cookie, ke2, stretching } = content;
    return [retry!.length, challenge!.length, cookie.length, ke2.length, stretching];
  });
  for (const other of lengths.slice(1)) assertEquals(other, lengths[0]);
});

Deno.test({
  name: "no challenge is longer than its hello, however long the user's name",
  permissions: "none",
}, () => {
  const service = new TestService();
  const member = new ServiceClient(service, "🎬".repeat(64), LAN);
  const challenge = service.send(member.provenHello(1_234_567.891), LAN, 1_234_567.891);
  assertEquals(decoded(challenge)?.kind, "challenge");
  assert(challenge!.length <= 1_200);
});

Deno.test({
  name: "a wrong password of a user, be they disabled, and an unknown user end in no proof at all",
  permissions: "none",
}, () => {
  const service = new TestService("hans pw-hans\nvader disabled:pw-vader");
  for (const [user, password] of [["hans", "pw-han"], ["hons", "pw-hans"], ["vader", "pw-hans"]]) {
    const member = new ServiceClient(service, user!, LAN, password);
    assertEquals(member.proof(member.greet()), undefined);
  }
});

Deno.test({
  name: "a login whose proof is another user's, or anything else, is met with silence",
  permissions: "none",
}, () => {
  const service = new TestService();
  const victim = decoded(service.send(new ServiceClient(service, "vader", LAN).provenHello(), LAN));
  const login = decoded(new ServiceClient(service, "hans", LAN).readyLogin());
  assert(victim?.kind === "challenge" && login?.kind === "login");
  const { cookie } = victim;
  for (const ke3 of [login.ke3, "AAAA", "A".repeat(86)]) {
    assertEquals(service.send(encodeSealedDatagram({ ...login, cookie, ke3 }), LAN), undefined);
  }
  assertEquals(service.member("yoda", VADER).lap(), []);
});

const STRAY: readonly (readonly [what: string, from: Address, now: number])[] = [
  ["from another port", { ...LAN, port: 1 }, 0],
  ["from another host", { ...LAN, hostname: "192.168.1.8" }, 0],
  ["after more than 10 s", LAN, 10_001],
  ["before it was issued", LAN, -1],
];

for (const [what, from, now] of STRAY) {
  Deno.test(
    { name: `a cookie that comes ${what} is met with silence`, permissions: "none" },
    () => {
      const service = new TestService();
      const login = new ServiceClient(service, "hans", LAN).readyLogin(0);
      assertEquals(service.send(login, from, now), undefined);
      assertEquals(decoded(service.send(login, LAN, 10_000))?.kind, "welcome");
    },
  );
}

Deno.test({
  name: "a cookie of another index, or one before its restart, is met with silence",
  permissions: "none",
}, () => {
  const login = new ServiceClient(new TestService(), "hans", LAN).readyLogin();
  const restarted = new TestService();
  restarted.member("hans", HANS);
  assertEquals(restarted.send(login, LAN), undefined);
});

Deno.test({
  name: "a cookie that differs in any bit is met with silence",
  permissions: "none",
}, () => {
  const service = new TestService();
  const login = decoded(new ServiceClient(service, "hans", LAN).readyLogin());
  assert(login?.kind === "login");
  for (const bytes of bitFlips(Buffer.from(login.cookie, "base64url"))) {
    const cookie = Buffer.from(bytes).toString("base64url");
    assertEquals(service.send(encodeSealedDatagram({ ...login, cookie }), LAN), undefined);
  }
  for (const cookie of ["A", "AAAAAAAAAAA", login.cookie.slice(4), login.cookie.slice(0, -4)]) {
    assertEquals(service.send(encodeSealedDatagram({ ...login, cookie }), LAN), undefined);
  }
});

const CHANGES: readonly (readonly [what: string, after: string, answer: string])[] = [
  ["has another password", "hans new\nvader x", "this user was changed just now: log in again"],
  ["is removed", "vader x", "this user was changed just now: log in again"],
  [
    "is disabled",
    "hans disabled:pw-hans\nvader x",
    "this user is disabled: ask whoever runs the index",
  ],
];

for (const [what, after, reason] of CHANGES) {
  Deno.test({
    name: `a user who ${what} since the challenge is told, sealed, and is not let in`,
    permissions: "none",
  }, () => {
    const service = new TestService("hans pw-hans\nvader x");
    const hans = new ServiceClient(service, "hans", LAN);
    const [login, wrong] = [hans.readyLogin(), new ServiceClient(service, "hans", LAN, "x")];
    const challenge = wrong.greet();
    service.index.replaceAccounts(Accounts.parse(after));
    const reply = hans.takeWelcome(service.send(login, LAN));
    assertEquals(reply, { kind: "error", code: 403, reason });
    assertEquals(service.index.knows(LAN, 0), false);
    assertEquals(wrong.proof(challenge), undefined);
  });
}

Deno.test({
  name: "a user whom others' changes come between is let in",
  permissions: "none",
}, () => {
  const service = new TestService("hans pw-hans\nvader x");
  const login = new ServiceClient(service, "hans", LAN).readyLogin();
  service.index.replaceAccounts(Accounts.parse("vader y\nhans pw-hans"));
  assertEquals(decoded(service.send(login, LAN))?.kind, "welcome");
});

Deno.test({
  name: "a hello that is no message of OPAQUE is met with silence",
  permissions: "none",
}, () => {
  const service = new TestService();
  const token = decoded(service.send(new ServiceClient(service, "hans", LAN).hello(), LAN));
  assert(token?.kind === "retry");
  for (const ke1 of ["AAAA", "A".repeat(128), "_".repeat(128)]) {
    const hello = encodeSealedDatagram({ kind: "hello", user: "hans", ke1, token: token.token });
    assertEquals(service.send(hello, LAN), undefined);
  }
});

Deno.test({
  name: "a server that is cut off sends clients away, and counts no attempt",
  permissions: "none",
}, () => {
  let isConnected = false;
  const registry = {
    isConnected: () => isConnected,
    register: () => Promise.resolve(0),
  };
  const index = new Index(Accounts.parse(CREDENTIALS), { registry });
  const handler = new LoginHandler(index, SETUP, new LoginRecords(SETUP));
  const hello = { kind: "hello", user: "hans", ke1: "a2Ux" } as const;
  const answerTo = (token?: string) => handler.hello({ ...hello, token }, LAN, 0);
  const retry = answerTo();
  const { token } = decoded("datagram" in retry ? retry.datagram : undefined) as { token: string };
  for (let i = 0; i < 10; i++) {
    const answer = answerTo(token);
    const datagram = decoded("datagram" in answer ? answer.datagram : undefined);
    assert(answer.kind === "unable" && datagram?.kind === "unable" && datagram.seconds === 1);
  }
  isConnected = true;
  assertEquals(answerTo(token).kind, "challenge");
});
