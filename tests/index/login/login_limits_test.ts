import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { Index } from "../../../lib/index/index.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import type { SealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { decoded, ServiceClient, TestService } from "../../support/test_service.ts";
import { credentialsOf, HANS, LAN, VADER } from "../../support/users.ts";

/** What a new attempt of `user` is answered with: `challenge`, `busy <seconds>` or `silence`. */
function attempt(service: TestService, user: string, from: Address, now: number): string {
  const answer = new ServiceClient(service, user, from, "wrong").greet(now);
  return answer?.kind === "busy" ? `busy ${answer.seconds}` : answer?.kind ?? "silence";
}

/** An index at which `count` attempts of hans came to nothing, the last of them at 0. */
function afterAttempts(count: number): TestService {
  const service = new TestService();
  for (let i = 0; i < count; i++) attempt(service, "hans", LAN, (i + 1 - count) * 100_000);
  return service;
}

for (const user of ["hans", "nobody"]) {
  Deno.test({
    name: `five attempts of ${user} are free, then each waits twice as long as the one before`,
    permissions: "none",
  }, () => {
    const service = new TestService();
    for (let i = 0; i < 5; i++) assertEquals(attempt(service, user, LAN, 0), "challenge");
    let now = 0;
    for (const seconds of [2, 4, 8, 16, 32, 60, 60, 60]) {
      assertEquals(attempt(service, user, LAN, now), `busy ${seconds}`);
      assertEquals(attempt(service, user, LAN, now + seconds * 1_000 - 1), "busy 1");
      now += seconds * 1_000;
      assertEquals(attempt(service, user, LAN, now), "challenge");
    }
  });
}

Deno.test({
  name: "a wait is told in less than the hello, and not prolonged by asking",
  permissions: "none",
}, () => {
  const service = afterAttempts(5);
  const member = new ServiceClient(service, "hans", LAN, "wrong");
  for (let i = 0; i < 30; i++) {
    const answer = service.send(member.provenHello(), LAN);
    const busy = decoded(answer);
    assert(busy?.kind === "busy" && busy.seconds === 2);
    assert(answer!.length < 120);
  }
  assertEquals(member.greet(2_000)?.kind, "challenge");
});

Deno.test({
  name: "the same hello again is the same attempt, even where others have to wait",
  permissions: "none",
}, () => {
  const service = new TestService();
  const member = new ServiceClient(service, "hans", LAN);
  for (let i = 0; i < 30; i++) assertEquals(member.greet(i)?.kind, "challenge");
  for (let i = 0; i < 4; i++) assertEquals(attempt(service, "hans", LAN, 30), "challenge");
  assertEquals(attempt(service, "hans", LAN, 30), "busy 2");
  const patient = afterAttempts(5);
  const last = new ServiceClient(patient, "hans", LAN);
  assertEquals(last.greet(2_000)?.kind, "challenge");
  assertEquals(attempt(patient, "hans", LAN, 2_000), "busy 4");
  assertEquals(last.logIn(2_000)?.kind, "welcome");
});

Deno.test({ name: "a success clears the attempts before it", permissions: "none" }, () => {
  const service = afterAttempts(7);
  service.member("hans", LAN, 60_000);
  for (let i = 0; i < 5; i++) assertEquals(attempt(service, "hans", LAN, 60_000), "challenge");
  assertEquals(attempt(service, "hans", LAN, 60_000), "busy 2");
});

Deno.test({
  name: "guessing at one host keeps the user out nowhere else, and nobody else here",
  permissions: "none",
}, () => {
  const service = afterAttempts(20);
  assertEquals(attempt(service, "hans", LAN, 0).split(" ")[0], "busy");
  assertEquals(attempt(service, "hans", { ...LAN, port: 1 }, 0).split(" ")[0], "busy");
  assertEquals(attempt(service, "hans", { ...LAN, hostname: "192.168.1.8" }, 0), "challenge");
  assertEquals(attempt(service, "vader", LAN, 0), "challenge");
  service.member("hans", HANS);
});

Deno.test({
  name: "attempts over both protocols count together",
  permissions: "none",
}, () => {
  const service = new TestService();
  for (let i = 0; i < 3; i++) service.sendPlain("login hans wrong 5000", HANS);
  for (let i = 0; i < 2; i++) attempt(service, "hans", VADER, 0);
  const refusal = "Error: too many attempts, try again in 2 s";
  assertEquals(service.sendPlain("login hans pw-hans 5000", HANS), refusal);
  assertEquals(attempt(service, "hans", HANS, 0), "busy 2");
});

/** How many of `count` attempts of as many users are answered. */
function answered(service: TestService, hostname: string, count: number, now: number): number {
  const users = Array.from({ length: count }, (_, i) => `user${i}at${now}`);
  const answers = users.map((user) => attempt(service, user, { hostname, port: 40_000 }, now));
  return answers.filter((answer) => answer !== "silence").length;
}

Deno.test({
  name: "one host may begin 40 logins at once and 20 a second, whoever logs in",
  permissions: "none",
}, () => {
  const service = new TestService();
  assertEquals(answered(service, "192.168.1.7", 60, 0), 40);
  assertEquals(answered(service, "192.168.1.7", 5, 49), 0);
  assertEquals(answered(service, "192.168.1.7", 30, 1_000), 20);
  assertEquals(answered(service, "192.168.1.8", 50, 1_000), 40);
});

/** A pupil's client, on a machine or a network that is slow. */
class Pupil {
  readonly client: ServiceClient;
  readonly #slownessMs: number;
  #challenge: { readonly text: SealedDatagram; readonly at: number } | undefined;
  isIn = false;

  constructor(service: TestService, number: number, slownessMs: number) {
    this.client = new ServiceClient(service, `pupil${number}`, { ...LAN, port: 40_000 + number });
    this.#slownessMs = slownessMs;
  }

  /** Does what is due at `now`: a hello until it is challenged, then a login. */
  go(now: number): void {
    const { client } = this;
    if (!this.#challenge) {
      const text = client.greet(now);
      assert(text?.kind !== "busy", `${client.user} has to wait at ${now}`);
      if (text) this.#challenge = { text, at: now };
    } else if (!this.isIn && now >= this.#challenge.at + this.#slownessMs) {
      const login = client.proof(this.#challenge.text)!;
      this.isIn =
        client.takeWelcome(client.service.send(login, client.from, now))?.kind === "welcome";
    }
  }
}

Deno.test({
  name: "200 users of one host log in at once, and all are in as soon as its rate allows",
  permissions: "none",
}, () => {
  const names = Array.from({ length: 200 }, (_, i) => `pupil${i}`);
  const service = new TestService(credentialsOf(names));
  const [slownessMs, rateMs] = [6_000, (200 - 40) / 20 * 1_000];
  const pupils = names.map((_, i) => new Pupil(service, i, slownessMs));
  for (let now = 0; now <= rateMs + slownessMs; now += 250) {
    for (const pupil of pupils) pupil.go(now);
  }
  assertEquals(pupils.filter(({ isIn }) => !isIn).map(({ client }) => client.user), []);
});

/** How many of `count` logins over the plain protocol are heard, each from another address. */
function heardInClear(index: Index, hostnameOf: (i: number) => string, count: number): number {
  return Array.from({ length: count }, (_, i) => {
    const from = { hostname: hostnameOf(i), port: 40_000 };
    const login = { verb: "login", user: `user${i}`, password: "x", tcpPort: 5_000 } as const;
    return index.handle(login, from, 0) as Reply;
  }).filter(({ kind }) => kind === "login failed").length;
}

Deno.test({
  name: "the same holds for the plain protocol, and an IPv6 network is one host",
  permissions: "none",
}, () => {
  const index = new Index(Accounts.parse("hans h"));
  assertEquals(heardInClear(index, () => "192.168.1.7", 60), 40);
  assertEquals(heardInClear(index, (i) => `2001:db8::${i.toString(16)}`, 300), 40);
  assertEquals(heardInClear(index, (i) => `2001:db8:0:${i.toString(16)}::1`, 100), 99);
  assertEquals(heardInClear(index, (i) => `127.0.0.${i}`, 100), 100);
});

Deno.test({
  name: "a password is guessed from 300 addresses of one IPv6 network as often as from one",
  permissions: "none",
}, () => {
  const service = new TestService();
  const answers = Array.from({ length: 300 }, (_, i) => {
    return attempt(
      service,
      "hans",
      { hostname: `2001:db8::${i.toString(16)}`, port: 1 },
      i * 1_000,
    );
  });
  // 5 are free; then 2, 4, 8, 16, 32 s and the rest a minute each.
  assertEquals(answers.filter((answer) => answer === "challenge").length, 5 + 5 + 3);
});

Deno.test({
  name: "10,000 logins of users who are made up do not make a guesser's wait shorter",
  permissions: "none",
}, () => {
  const service = new TestService();
  for (let i = 0; i < 5; i++) service.sendPlain("login hans wrong 5000", HANS);
  for (let i = 0; i < 10_000; i++) service.sendPlain(`login user${i} wrong 5000`, HANS, 1);
  const refusal = "Error: too many attempts, try again in 2 s";
  assertEquals(service.sendPlain("login hans pw-hans 5000", HANS, 1), refusal);
});

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test({ name: `${hostname} may begin any number of logins`, permissions: "none" }, () => {
    assertEquals(answered(new TestService(), hostname, 60, 0), 60);
  });
}
