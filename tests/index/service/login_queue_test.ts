import { assert, assertEquals } from "@std/assert";
import { AT_ONCE, type Defer, type Work } from "../../../lib/index/long_work.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import { someBytes } from "../../support/bytes.ts";
import { encodeSealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import { decoded, ServiceClient, TestService } from "../../support/test_service.ts";
import { LOGIN_STEP_MS } from "../../../lib/protocol/limits.ts";
import { HANS, LAN } from "../../support/users.ts";

/** A queue that does everything at once, unless it is full, and counts. */
class Queue {
  readonly owners: string[] = [];
  isFull = false;

  readonly defer: Defer = (owner, work) => {
    this.owners.push(owner);
    return this.isFull ? undefined : AT_ONCE(owner, work);
  };
}

function started(): { queue: Queue; service: TestService } {
  const queue = new Queue();
  return { queue, service: new TestService(undefined, undefined, undefined, queue.defer) };
}

const invented = (bytes: number) => someBytes(bytes, 1).toBase64({ alphabet: "base64url" });

Deno.test({
  name: "a hello with a token that was made up is answered at once, and takes no place in a queue",
  permissions: "none",
}, () => {
  const { queue, service } = started();
  queue.isFull = true;
  for (let i = 0; i < 100; i++) {
    const answer = service.send(new ServiceClient(service, "hans", LAN).hello(invented(24)), LAN);
    assertEquals(decoded(answer)?.kind, "retry");
  }
  assertEquals(queue.owners, []);
});

Deno.test({
  name: "a hello that is heard too often, or too early, takes no place in a queue",
  permissions: "none",
}, () => {
  const { queue, service } = started();
  for (let i = 0; i < 10; i++) new ServiceClient(service, "hans", LAN).greet();
  assertEquals(queue.owners, Array(5).fill(LAN.hostname), "the others were told to wait");
  for (let i = 0; i < 100; i++) new ServiceClient(service, `user${i}`, LAN).greet();
  assertEquals(queue.owners.length, 35, "the host may begin 40 logins at once");
});

Deno.test({
  name: "a login with a cookie that was made up or is used up takes no place in a queue",
  permissions: "none",
}, () => {
  const { queue, service } = started();
  const hans = new ServiceClient(service, "hans", LAN);
  const login = hans.readyLogin();
  const content = decoded(login);
  assert(content?.kind === "login");
  const forged = encodeSealedDatagram({ ...content, cookie: invented(300) });
  for (let i = 0; i < 100; i++) assertEquals(service.send(forged, LAN), undefined);
  assertEquals(queue.owners, [LAN.hostname], "that of the hello");
  const welcome = service.send(login, LAN);
  assertEquals(hans.takeWelcome(welcome), { kind: "welcome" });
  queue.isFull = true;
  assertEquals(service.send(login, LAN), welcome);
  assertEquals(queue.owners.length, 2);
});

Deno.test({
  name:
    "tokens and cookies that are old, or of another address or process, take no place in a queue",
  permissions: "none",
}, () => {
  const { queue, service } = started();
  const [hans, stranger] = [
    new ServiceClient(service, "hans", LAN),
    new ServiceClient(new TestService(), "hans", LAN),
  ];
  const [hello, login] = [hans.provenHello(), hans.readyLogin()];
  const [otherHello, otherLogin] = [stranger.provenHello(), stranger.readyLogin()];
  queue.owners.length = 0;
  const stray: readonly (readonly [from: Address, now: number])[] = [
    [LAN, 10_001],
    [LAN, -1],
    [{ ...LAN, port: 1 }, 0],
    [HANS, 0],
  ];
  for (const [from, now] of stray) {
    assertEquals(decoded(service.send(hello, from, now))?.kind, "retry");
    assertEquals(service.send(login, from, now), undefined);
  }
  assertEquals(decoded(service.send(otherHello, LAN))?.kind, "retry");
  assertEquals(service.send(otherLogin, LAN), undefined);
  assertEquals(queue.owners, []);
});

Deno.test({
  name: "one good cookie lets a host prove 80 passwords at once and 40 a second",
  permissions: "none",
}, () => {
  const { queue, service } = started();
  const content = decoded(new ServiceClient(service, "hans", LAN).readyLogin());
  assert(content?.kind === "login");
  for (const [now, count] of [[0, 80], [1_000, 120]] as const) {
    for (let i = 0; i < 100; i++) {
      const login = encodeSealedDatagram({ ...content, ke3: invented(63 + 3 * (i % 3)) });
      assertEquals(service.send(login, LAN, now), undefined);
    }
    assertEquals(queue.owners.length, 1 + count);
  }
});

Deno.test({
  name: "logins wait in the queue of their host, an IPv6 network being one, or of their program",
  permissions: "none",
}, () => {
  const { queue, service } = started();
  const addresses = ["192.168.1.7", "::ffff:192.168.1.7", "2001:db8::1", "2001:db8::2"];
  for (const hostname of addresses) {
    new ServiceClient(service, "hans", { hostname, port: 1 }).greet();
  }
  new ServiceClient(service, "hans", HANS).greet();
  assertEquals(queue.owners, [
    "192.168.1.7",
    "192.168.1.7",
    "2001:db8:0:0::/64",
    "2001:db8:0:0::/64",
    "127.0.0.1:40001",
  ]);
});

/** A queue that does nothing until it is told to. */
class HeldQueue {
  #works: (() => void)[] = [];

  readonly defer: Defer = <T>(owner: string, work: Work<T>) => {
    const { promise, resolve } = Promise.withResolvers<T>();
    this.#works.push(() => resolve(AT_ONCE(owner, work) as T));
    return promise;
  };

  /** How much waits. */
  get size(): number {
    return this.#works.length;
  }

  /** Does the first `count` of what waits. */
  run(count: number): void {
    for (const work of this.#works.splice(0, count)) work();
  }
}

Deno.test({
  name: "a hello that is sent again while it waits is answered once, and costs its host one login",
  permissions: "none",
}, async () => {
  const queue = new HeldQueue();
  const service = new TestService(undefined, undefined, undefined, queue.defer);
  const hans = new ServiceClient(service, "hans", LAN);
  const hello = hans.provenHello();
  const [answer, ...copies] = Array.from({ length: 100 }, () => service.answer(hello, LAN, 0));
  assertEquals([queue.size, new Set(copies)], [1, new Set([undefined])]);
  for (let i = 0; i < 39; i++) {
    service.answer(new ServiceClient(service, `user${i}`, LAN).provenHello(), LAN, 0);
  }
  assertEquals(queue.size, 40, "all that the host may begin at once");
  queue.run(40);
  const challenge = await answer;
  assertEquals(decoded(challenge)?.kind, "challenge");
  assertEquals(service.answer(hello, LAN, 1_000), challenge, "it may have been lost");
  assertEquals(queue.size, 0);
  service.answer(hello, LAN, LOGIN_STEP_MS / 2 + 1);
  assertEquals(queue.size, 1, "soon its cookie is too old");
});

Deno.test({
  name: "a copy of a login that waits opens no second session, however long it would have to wait",
  permissions: "none",
}, async () => {
  const queue = new HeldQueue();
  const service = new TestService(undefined, undefined, undefined, queue.defer);
  const hans = new ServiceClient(service, "hans", LAN);
  const challenge = service.answer(hans.provenHello(), LAN, 0);
  queue.run(1);
  const login = hans.proof(decoded(await challenge))!;
  const [answer, copy] = [service.answer(login, LAN, 0), service.answer(login, LAN, 0)];
  queue.run(1);
  assertEquals(hans.takeWelcome(await answer), { kind: "welcome" });
  for (let now = 2_000; now <= 10_000; now += 2_000) hans.heartbeat(now);
  assertEquals(service.send(login, LAN, 10_001), undefined, "its cookie is too old");
  queue.run(1);
  assertEquals(await copy, undefined);
  assertEquals(hans.heartbeat(12_000), { kind: "done" }, "the session is still the same");
});

Deno.test({
  name: "a login that found the queue full may come again",
  permissions: "none",
}, () => {
  const { queue, service } = started();
  const hans = new ServiceClient(service, "hans", LAN);
  const login = hans.readyLogin();
  queue.isFull = true;
  assertEquals(service.send(login, LAN), undefined);
  queue.isFull = false;
  assertEquals(hans.takeWelcome(service.send(login, LAN)), { kind: "welcome" });
});
