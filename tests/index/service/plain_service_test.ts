import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { Index } from "../../../lib/index/index.ts";
import { PlainService } from "../../../lib/index/service/plain_service.ts";
import type { ServiceEvent } from "../../../lib/index/service/service_event.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import { datagrams } from "../../protocol/arbitraries.ts";
import { atOnce } from "../../support/at_once.ts";

const HERE: Address = { hostname: "127.0.0.1", port: 40_001 };
const LAN: Address = { hostname: "192.168.1.7", port: 40_002 };

/** A service and what it told. */
class TestPlainService {
  readonly events: ServiceEvent[] = [];
  readonly #service: PlainService;

  constructor(allowPlain: boolean) {
    const index = new Index(Accounts.parse("hans carbonite*7\nvader breathe-deep"));
    const onEvent = (event: ServiceEvent) => this.events.push(event);
    this.#service = new PlainService(index, { allowPlain, onEvent });
  }

  send(datagram: string | Uint8Array, from: Address, now = 0): string | undefined {
    const bytes = typeof datagram === "string" ? new TextEncoder().encode(datagram) : datagram;
    const answer = atOnce(this.#service.answer(bytes, from, now));
    return answer && new TextDecoder("utf-8", { fatal: true }).decode(answer);
  }

  /** What was told since the last call, but for what was dropped. */
  told(): ServiceEvent[] {
    return this.events.splice(0).filter(({ kind }) => kind !== "dropped");
  }

  /** Why datagrams were dropped since the last call. */
  dropped(): string[] {
    return this.events.splice(0).flatMap((event) => event.kind === "dropped" ? [event.why] : []);
  }
}

Deno.test({
  name: "PlainService meets other machines with silence and one event for each",
  permissions: "none",
}, () => {
  const service = new TestPlainService(false);
  const reason = "plain protocol off this machine";
  for (let i = 0; i < 3; i++) {
    assertEquals(service.send("login hans carbonite*7 5000", LAN), undefined);
    assertEquals(service.send("lap hans", { ...LAN, port: i }), undefined);
    assertEquals(service.send("\0", LAN), undefined);
  }
  assertEquals(service.told(), [{ kind: "ignored", from: LAN, reason }]);
  const another = { hostname: "2001:db8::1", port: 5 };
  assertEquals(service.send("lap hans", another), undefined);
  assertEquals(service.told(), [{ kind: "ignored", from: another, reason }]);
});

Deno.test({
  name: "PlainService logs nobody in from another machine unless told",
  permissions: "none",
}, () => {
  const service = new TestPlainService(false);
  service.send("login hans carbonite*7 5000", LAN);
  service.send("login vader breathe-deep 5000", HERE);
  assertEquals(service.send("lap vader", HERE), "No active peers");
});

Deno.test({
  name: "PlainService remembers only so many machines that it ignores",
  permissions: "none",
}, () => {
  const service = new TestPlainService(false);
  for (let i = 0; i < 3_000; i++) {
    service.send("lap hans", { hostname: `10.0.${i >> 8}.${i & 255}`, port: 1 });
  }
  assertEquals(service.told().length, 3_000);
  service.send("lap hans", { hostname: "10.0.11.183", port: 2 });
  assertEquals(service.told(), []);
  service.send("lap hans", { hostname: "10.0.0.0", port: 2 });
  assertEquals(service.told().length, 1);
  service.send("lap hans", { hostname: "10.0.0.0", port: 2 });
  assertEquals(service.dropped(), ["plain off this machine"]);
});

for (const hostname of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) {
  Deno.test(
    { name: `PlainService serves ${hostname} without being told`, permissions: "none" },
    () => {
      const service = new TestPlainService(false);
      const from = { hostname, port: 40_001 };
      assertEquals(service.send("login hans carbonite*7 5000", from), "Welcome to BitTrickle!");
      assertEquals(service.send("lap", from), "Error: wrong number of fields, expected lap <user>");
    },
  );
}

Deno.test({
  name: "PlainService with allowPlain serves another machine and cuts its refusals",
  permissions: "none",
}, () => {
  const service = new TestPlainService(true);
  assertEquals(service.send("login hans x 5000", LAN), "Authentication fa");
  assertEquals(service.send("login u p 1024", LAN), "Authentication");
  assertEquals(service.send("lap hans", LAN), "Error: n");
  for (const junk of ["", "Error", "Error: n", "frobnicate hans", "lap"]) {
    assertEquals(service.send(junk, LAN), undefined);
  }
  assertEquals(service.send("login hans carbonite*7 5000", LAN), "Welcome to BitTrickle!");
  assertEquals(service.send("lap hans", LAN), "No active peers");
  assertEquals(service.send("lap", LAN), "Error: wrong number of fields, expected lap <user>");
  assertEquals(service.send("lap hans", { ...LAN, port: 1 }), "Error: n");
  assertEquals(service.send("lap hans", LAN, 3_001), "Error: n");
});

Deno.test({ name: "PlainService never answers an answer", permissions: "none" }, () => {
  const service = new TestPlainService(false);
  for (const text of ["Error: ", "Error: unknown command"]) {
    assertEquals(service.send(text, { hostname: "127.0.0.1", port: 5_001 }), undefined);
  }
});

Deno.test(
  { name: "PlainService tells what it received and how it answered", permissions: "none" },
  () => {
    const service = new TestPlainService(false);
    const steps: readonly (readonly [datagram: string, code: number, reason?: string])[] = [
      ["login hans x 5000", 401, "wrong user or password"],
      ["lap hans", 401, "not logged in"],
      ["login hans carbonite*7 5000", 200],
      ["lap hans", 200],
      ["lpf hans", 200],
      ["pub hans a.txt", 200],
      ["sch hans a", 200],
      ["get hans a.txt", 404, "nobody serves it"],
      ["unp hans a.txt", 200],
      ["unp hans a.txt", 404, "not published"],
      ["lpf vader", 401, "not logged in"],
    ];
    for (const [datagram, code, reason] of steps) {
      service.send(datagram, HERE, 7);
      const [verb, user, third] = datagram.split(" ");
      const subject = verb === "login" || third === undefined ? {} : { subject: third };
      const asked = { from: HERE, verb, user, ...subject };
      const kind = code === 200 ? "answered" : "failed";
      assertEquals(service.told() as unknown[], [
        { kind: "received", ...asked },
        { kind, ...asked, code, since: 7, ...reason === undefined ? {} : { reason } },
      ]);
    }
    service.send("login hans carbonite*7 5000", { ...HERE, port: 1 });
    assertEquals(service.told().at(-1)?.kind, "failed");
  },
);

Deno.test({
  name: "PlainService says nothing to heartbeats, and tells of each once",
  permissions: "none",
}, () => {
  const service = new TestPlainService(false);
  assertEquals(service.send("heartbeat hans", HERE), undefined);
  service.send("login hans carbonite*7 5000", HERE);
  service.told();
  assertEquals(service.send("heartbeat hans", HERE), undefined);
  assertEquals(service.send("heartbeat vader", HERE), undefined);
  assertEquals(service.told().map(({ kind }) => kind), ["answered", "answered"]);
});

Deno.test({
  name: "PlainService answers a malformed message with its reason and tells that once",
  permissions: "none",
}, () => {
  const service = new TestPlainService(false);
  for (const [datagram, reason] of [["\0", "unprintable character"], ["rm", "unknown command"]]) {
    assertEquals(service.send(datagram!, HERE), `Error: ${reason}`);
    assertEquals(service.told() as unknown[], [{ kind: "malformed", from: HERE, reason }]);
  }
  assertEquals(service.send(new Uint8Array(65_536), HERE), "Error: message too long");
});

Deno.test({
  name: "PlainService answers any bytes from this machine with UTF-8 of at most 1024 bytes",
  permissions: "none",
}, () => {
  const service = new TestPlainService(false);
  fc.assert(
    fc.property(datagrams, (datagram) => {
      const answer = service.send(datagram, HERE);
      assert(new TextEncoder().encode(answer).length <= 1_024);
      for (const event of service.told()) assert(event.kind !== "ignored");
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "PlainService gives an unproven address no answer longer than its request",
  permissions: "none",
}, () => {
  const service = new TestPlainService(true);
  service.send("login hans carbonite*7 5000", { ...LAN, port: 1 });
  fc.assert(
    fc.property(datagrams, (datagram) => {
      const answer = service.send(datagram, LAN);
      assert(new TextEncoder().encode(answer).length <= datagram.length);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "PlainService without allowPlain gives other machines nothing, whatever they send",
  permissions: "none",
}, () => {
  const service = new TestPlainService(false);
  fc.assert(fc.property(datagrams, (datagram) => {
    assertEquals(service.send(datagram, LAN), undefined);
  }));
  assertEquals(service.told().length, 1);
});

Deno.test({
  name: "PlainService tells what strangers cause apart from what sessions do",
  permissions: "none",
}, () => {
  const causes: string[] = [];
  const index = new Index(Accounts.parse("hans carbonite*7"));
  const service = new PlainService(index, { onEvent: (_event, cause) => void causes.push(cause) });
  const send = (text: string) => {
    service.answer(new TextEncoder().encode(text), HERE, 0);
    return causes.splice(0);
  };
  assertEquals(send("lap hans"), ["stranger", "stranger"]);
  assertEquals(send("login hans x 5000"), ["stranger", "stranger"]);
  assertEquals(send("login hans carbonite*7 5000"), ["stranger", "session"]);
  assertEquals(send("lap hans"), ["session", "session"]);
  assertEquals(send("frobnicate"), ["stranger", "stranger"]);
});
