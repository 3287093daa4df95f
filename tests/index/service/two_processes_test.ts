/**
 * Two index processes with the same long-term keys, and somebody who sends what was meant for one to
 * the other.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { LoginHandler } from "../../../lib/index/login/login_handler.ts";
import { LoginRecords } from "../../../lib/index/login/login_records.ts";
import { deriveResetKey } from "../../../lib/index/login/server_keys.ts";
import { SealedService } from "../../../lib/index/service/sealed_service.ts";
import { ResetValues } from "../../../lib/index/sessions/reset_values.ts";
import { encodeSealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import { SALT_BYTES } from "../../../lib/protocol/sealed_message.ts";
import { NonceChecker, NonceReused } from "../../support/nonce_checker.ts";
import {
  decoded,
  INSTANCE,
  resetOf,
  ServiceClient,
  SETUP,
  TestService,
} from "../../support/test_service.ts";
import { LAN } from "../../support/users.ts";

/** Two that share even what no two processes share: tokens, cookies and what proves passwords. */
function sharingCookies(): [TestService, TestService] {
  const processes: [TestService, TestService] = [new TestService(), new TestService()];
  const handler = new LoginHandler(processes[0].index, SETUP, new LoginRecords(SETUP));
  const values = new ResetValues(deriveResetKey(SETUP, INSTANCE));
  for (const process of processes) {
    const service = new SealedService(process.index, handler, values);
    process.answer = (datagram, from, now) => service.answer(datagram, from, now);
  }
  return processes;
}

/** Salts that are all the same, until this is disposed of. */
function withOneSalt(): Disposable {
  const original = crypto.getRandomValues;
  crypto.getRandomValues = <T extends ArrayBufferView>(array: T): T => {
    const isSalt = array instanceof Uint8Array && array.length === SALT_BYTES;
    return isSalt ? array.fill(7) : original.call(crypto, array) as T;
  };
  return { [Symbol.dispose]: () => void (crypto.getRandomValues = original) };
}

Deno.test({
  name: "a login that was recorded at one process is refused by another with the same keys",
  permissions: "none",
}, () => {
  const [first, second] = [new TestService(), new TestService()];
  const hans = new ServiceClient(first, "hans", LAN);
  const login = hans.readyLogin();
  assertEquals(second.send(login, LAN), undefined, "before it was used");
  assertEquals(hans.takeWelcome(first.send(login, LAN)), { kind: "welcome" });
  assertEquals(second.send(login, LAN), undefined, "and after");
  const message = hans.message({ verb: "lap", user: "hans" });
  assertEquals(decoded(second.send(message, LAN)), resetOf(hans.keys.session));
});

Deno.test({
  name:
    "a message that was recorded at one server gets no good reset of another with the same keys",
  permissions: "none",
}, () => {
  const first = new TestService();
  const second = new TestService(undefined, undefined, undefined, undefined, "index 10.0.0.2:6000");
  const hans = first.member("hans", LAN);
  const reset = decoded(second.send(hans.message({ verb: "lap", user: "hans" }), LAN));
  assert(reset?.kind === "reset" && reset.session === hans.keys.session);
  assertNotEquals(reset.value, hans.proofs?.resetValue);
});

Deno.test({
  name: "a hello with a token of another process gets a new token",
  permissions: "none",
}, () => {
  const hello = new ServiceClient(new TestService(), "hans", LAN).provenHello();
  assertEquals(decoded(new TestService().send(hello, LAN))?.kind, "retry");
});

Deno.test({
  name: "if two processes answered one login, the sessions would have nothing in common",
  permissions: "none",
}, () => {
  using checker = new NonceChecker();
  const [first, second] = sharingCookies();
  const hans = new ServiceClient(first, "hans", LAN);
  const login = hans.readyLogin();
  const [keys, others] = [first, second].map((service, i) => {
    assertEquals(hans.takeWelcome(service.send(login, LAN, i)), { kind: "welcome" });
    return hans.keys;
  });
  for (const name of ["session", "toIndex", "toClient", "tickets"] as const) {
    assertNotEquals(keys![name], others![name], name);
  }
  assert(checker.seals > 0);
});

Deno.test({
  name: "with one salt for all logins such sessions would reuse numbers, which NonceChecker finds",
  permissions: "none",
}, () => {
  using _checker = new NonceChecker();
  using _salt = withOneSalt();
  const [first, second] = sharingCookies();
  const hans = new ServiceClient(first, "hans", LAN);
  const login = hans.readyLogin();
  assertEquals(hans.takeWelcome(first.send(login, LAN)), { kind: "welcome" });
  assertThrows(() => second.send(login, LAN, 1), NonceReused);
});

Deno.test({
  name: "every answer to a login has a salt of its own, a refusal as well",
  permissions: "none",
}, () => {
  const service = new TestService();
  const salts = Array.from({ length: 20 }, (_, i) => {
    const from = { ...LAN, port: 2_000 + i }; // From the ninth on they are refused.
    const welcome = decoded(
      service.send(new ServiceClient(service, "hans", from).readyLogin(), from),
    );
    assert(welcome?.kind === "welcome");
    return welcome.salt.toHex();
  });
  assertEquals(new Set(salts).size, salts.length);
});

Deno.test({
  name: "a hello whose user was changed on its way proves nothing, even with equal passwords",
  permissions: "none",
}, () => {
  const service = new TestService("hans same\nvader same");
  const hans = new ServiceClient(service, "hans", LAN, "same");
  const token = decoded(service.send(hans.hello(), LAN));
  assert(token?.kind === "retry");
  const { ke1 } = hans;
  const renamed = encodeSealedDatagram({ kind: "hello", user: "vader", ke1, token: token.token });
  assertEquals(hans.proof(decoded(service.send(renamed, LAN))), undefined);
});

Deno.test({
  name: "a proof of one user under the cookie of another is met with silence, with equal passwords",
  permissions: "none",
}, () => {
  const service = new TestService("hans same\nvader same");
  const login = decoded(new ServiceClient(service, "hans", LAN, "same").readyLogin());
  const other = decoded(new ServiceClient(service, "vader", LAN, "same").readyLogin());
  assert(login?.kind === "login" && other?.kind === "login");
  const { cookie } = other;
  assertEquals(service.send(encodeSealedDatagram({ ...login, cookie }), LAN), undefined);
});
