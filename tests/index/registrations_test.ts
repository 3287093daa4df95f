/**
 * Users who change their own passwords, by the datagrams of their sessions.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { InMemoryJournal } from "../../lib/index/catalogue/journal.ts";
import { LoginRecords, registerPassword } from "../../lib/index/login/login_records.ts";
import { AT_ONCE } from "../../lib/index/long_work.ts";
import { Registrations } from "../../lib/index/registrations.ts";
import type { Address } from "../../lib/protocol/address.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { registration } from "../support/registration.ts";
import { SecretMemory } from "../support/secret_memory.ts";
import { INSTANCE, ServiceClient, SETUP, TestService } from "../support/test_service.ts";
import { HANS, LAN, VADER } from "../support/users.ts";

const PURE = { permissions: "none" } as const;
const OLD = `opaque:2:${registerPassword(SETUP, "hans", "pw-hans", "light")}`;
const CREDENTIALS = `hans ${OLD}\nvader pw-vader\n`;
const GARBAGE = "_".repeat(256);

/** An index whose users may change their passwords, and what it keeps. */
class Setting {
  readonly store = new SecretMemory(CREDENTIALS);
  readonly service: TestService;

  constructor() {
    const registrations = new Registrations({ setup: SETUP, store: this.store });
    const records = new LoginRecords(SETUP);
    const rest = [records, new InMemoryJournal(), AT_ONCE, INSTANCE, registrations] as const;
    this.service = new TestService(CREDENTIALS, ...rest);
    this.store.index = this.service.index;
  }

  /** What `member` is answered to one step. */
  async step(member: ServiceClient, message: string, now = 0): Promise<Reply | undefined> {
    const { user, from } = member;
    const request = member.message({ verb: "passwd", user, message });
    return member.read("passwd", await this.service.answer(request, from, now));
  }

  /** Changes the password of `member`, and returns the last answer. */
  async change(member: ServiceClient, password: string, now = 0): Promise<Reply | undefined> {
    const { request, finish } = registration(member.user, password);
    const reply = await this.step(member, request, now);
    if (reply?.kind !== "registration") return reply;
    return await this.step(member, finish(reply.response), now);
  }

  /** Logs in, if `password` is right. */
  logIn(user: string, password: string, now = 0): Reply["kind"] | undefined {
    const member = new ServiceClient(this.service, user, LAN, password);
    const login = member.proof(member.greet(now));
    return login && member.takeWelcome(this.service.send(login, LAN, now))?.kind;
  }
}

function refusal(code: 400 | 403 | 500, reason: string): Reply {
  return { kind: "error", code, reason };
}

Deno.test(
  { name: "a user changes the password, and the old one is worth nothing", ...PURE },
  async () => {
    const setting = new Setting();
    const hans = setting.service.member("hans", HANS);
    assertEquals(await setting.change(hans, "new"), { kind: "done" });
    const secret = setting.store.secretOf("hans")!;
    assert(secret !== OLD && /^opaque:2:[A-Za-z0-9_-]{256}$/.test(secret));
    assertEquals([setting.logIn("hans", "pw-hans"), setting.logIn("hans", "new")], [
      undefined,
      "welcome",
    ]);
  },
);

Deno.test(
  { name: "the session that changes the password ends, as any other would", ...PURE },
  async () => {
    const setting = new Setting();
    const hans = setting.service.member("hans", HANS);
    await setting.change(hans, "new");
    assertEquals(hans.answerTo(hans.message({ verb: "lap", user: "hans" })), "reset");
    assertEquals(setting.service.member("vader", VADER).lap(), []);
  },
);

Deno.test(
  { name: "all eight sessions of the user end with the old password, and no others", ...PURE },
  async () => {
    const setting = new Setting();
    const at = (port: number): Address => ({ ...LAN, port });
    const all = Array.from({ length: 8 }, (_, i) => setting.service.member("hans", at(5_000 + i)));
    const vader = setting.service.member("vader", VADER);
    assertEquals(vader.lap(), ["hans"]);
    await setting.change(all[3]!, "new");
    const answers = all.map((it) => it.answerTo(it.message({ verb: "lap", user: "hans" })));
    assertEquals(answers, Array.from(all, () => "reset"));
    assertEquals(vader.lap(), []);
  },
);

Deno.test(
  { name: "a step that is sent again has no second effect, and the same answer", ...PURE },
  async () => {
    const setting = new Setting();
    const hans = setting.service.member("hans", HANS);
    const record = registerPassword(SETUP, "hans", "new", "light");
    const message = hans.message({ verb: "passwd", user: "hans", message: record });
    const answer = await setting.service.answer(message, HANS, 0);
    setting.store.failure = new BitTrickleError("disk", "no second change");
    assertEquals(await setting.service.answer(message, HANS, 1), answer);
    assertEquals(hans.read("passwd", answer), { kind: "done" });
  },
);

Deno.test(
  { name: "a session changes a password within 30 s of its login, and not later", ...PURE },
  async () => {
    const setting = new Setting();
    const hans = setting.service.member("hans", HANS);
    for (let now = 2_000; now <= 30_000; now += 2_000) hans.heartbeat(now);
    const late = await setting.change(hans, "new", 30_001);
    assertEquals(late, refusal(403, "a password is changed right after a login: log in again"));
    assertEquals(setting.store.text, CREDENTIALS);
    assertEquals(await setting.change(hans, "new", 30_000), { kind: "done" });
  },
);

Deno.test(
  { name: "a password that stands in clear is not changed by its user", ...PURE },
  async () => {
    const setting = new Setting();
    const vader = setting.service.member("vader", VADER);
    const reply = await setting.change(vader, "new");
    const reason = "this password stands in clear in the index's file: whoever runs it changes it";
    assertEquals(reply, refusal(403, reason));
    assertEquals(setting.store.text, CREDENTIALS);
  },
);

Deno.test({ name: "what is no message of OPAQUE changes nothing", ...PURE }, async () => {
  const setting = new Setting();
  const hans = setting.service.member("hans", HANS);
  const record = await setting.step(hans, GARBAGE);
  assertEquals(record, refusal(400, "not a record of OPAQUE"));
  const request = await setting.step(hans, "A".repeat(43));
  assertEquals(request, refusal(400, "not a message of OPAQUE"));
  assertEquals(setting.store.text, CREDENTIALS);
});

/** Another record: one of its last letters is another one. */
function otherThan(record: string): string {
  return `${record.slice(0, -9)}${record.at(-9) === "A" ? "B" : "A"}${record.slice(-8)}`;
}

Deno.test(
  { name: "a disk that refuses, and a change meanwhile, leave all as it is", ...PURE },
  async () => {
    const setting = new Setting();
    const hans = setting.service.member("hans", HANS);
    setting.store.failure = new BitTrickleError("disk", "Cannot change /srv/secret: disk full");
    assertEquals(await setting.change(hans, "new"), refusal(500, "the index cannot save this"));
    setting.store.failure = undefined;
    setting.store.text = `hans ${otherThan(OLD)}\n`;
    const reply = await setting.change(hans, "new");
    assertEquals(reply, refusal(403, "somebody else has changed this user"));
    assertEquals(setting.logIn("hans", "pw-hans", 4_000), "welcome");
  },
);

Deno.test(
  { name: "a password is changed five times at once, and then once a minute", ...PURE },
  async () => {
    const setting = new Setting();
    const change = async (now: number) => {
      const hans = new ServiceClient(setting.service, "hans", HANS, "pw-hans");
      assertEquals(hans.logIn(now)?.kind, "welcome");
      const probe = await setting.step(hans, registration("hans", "x").request, now);
      return probe?.kind === "registration" ? await setting.change(hans, "pw-hans", now) : probe;
    };
    for (let i = 0; i < 5; i++) assertEquals(await change(i), { kind: "done" });
    const reason = "this password was changed too often: try again in some minutes";
    assertEquals(await change(6), refusal(403, reason));
    assertEquals(await change(60_000), { kind: "done" });
    assertEquals(await change(60_001), refusal(403, reason));
  },
);

Deno.test({ name: "an index that keeps no passwords says so", ...PURE }, async () => {
  const service = new TestService();
  const hans = service.member("hans", HANS);
  const message = "A".repeat(43);
  const answer = await service.answer(
    hans.message({ verb: "passwd", user: "hans", message }),
    HANS,
    0,
  );
  assertEquals(hans.read("passwd", answer), refusal(403, "passwords are not changed here"));
});
