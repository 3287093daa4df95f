/**
 * Who joins by an invitation, by the datagrams of the session.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { InMemoryJournal } from "../../lib/index/catalogue/journal.ts";
import {
  formatInvitations,
  Invitations,
  type InvitationState,
  parseInvitations,
  revokeFor,
  type StoredInvitation,
} from "../../lib/index/login/invitations.ts";
import { LoginRecords, registerPassword } from "../../lib/index/login/login_records.ts";
import { AT_ONCE } from "../../lib/index/long_work.ts";
import { Registrations } from "../../lib/index/registrations.ts";
import { LOGIN_STEP_MS } from "../../lib/protocol/limits.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { registration } from "../support/registration.ts";
import { SecretMemory } from "../support/secret_memory.ts";
import { decoded, INSTANCE, ServiceClient, SETUP, TestService } from "../support/test_service.ts";
import { HANS, LAN, VADER, YODA } from "../support/users.ts";

const PURE = { permissions: "none" } as const;
const NAME = "invitation:AAECAwQFBgcICQoL";
const UNKNOWN = "invitation:BBECAwQFBgcICQoL";
const SECRET = "AAECAwQFBgcICQoLDA0ODw";
const RECORD = registerPassword(SETUP, NAME, SECRET, "light");
const NOW = 1_800_000_000;

function invitation(
  state: InvitationState = "open",
  expires = NOW,
  user = "leia",
): StoredInvitation {
  return { name: NAME, user, expires, state, record: RECORD };
}

/** An index that has invited somebody, and what it keeps. */
class Setting {
  readonly store = new SecretMemory("vader pw-vader\n");
  readonly service: TestService;

  constructor(invited: StoredInvitation = invitation()) {
    const registrations = new Registrations({ setup: SETUP, store: this.store });
    const rest = [new LoginRecords(SETUP), new InMemoryJournal(), AT_ONCE, INSTANCE] as const;
    this.service = new TestService(this.store.text, ...rest, registrations);
    this.store.index = this.service.index;
    this.store.invite([invited]);
  }

  /** Logs in by the invitation, and returns what the index says to that, if anything. */
  enter(
    secret = SECRET,
    name = NAME,
    now = 0,
  ): { readonly guest: ServiceClient; readonly reply: Reply | undefined } {
    const guest = new ServiceClient(this.service, name, LAN, secret);
    const login = guest.proof(guest.greet(now));
    return { guest, reply: login && guest.takeWelcome(this.service.send(login, LAN, now)) };
  }

  async ask(guest: ServiceClient, request: SealedRequest): Promise<Reply | undefined> {
    return guest.read(request.verb, await this.service.answer(guest.message(request), LAN, 0));
  }

  /** Sets the password of `user` in the session of `guest`, and returns the last answer. */
  async register(guest: ServiceClient, user: string, password: string): Promise<Reply | undefined> {
    const { request, finish } = registration(user, password);
    const step = (message: string) => this.ask(guest, { verb: "passwd", user: NAME, message });
    const reply = await step(request);
    return reply?.kind === "registration" ? await step(finish(reply.response)) : reply;
  }
}

function refusal(reason: string): Reply {
  return { kind: "error", code: 403, reason };
}

Deno.test(
  { name: "who is invited becomes a user with a password of their own", ...PURE },
  async () => {
    const setting = new Setting();
    const { guest, reply } = setting.enter();
    assertEquals(reply, { kind: "welcome" });
    assertEquals(await setting.register(guest, "leia", "pw-leia"), { kind: "done" });
    assert(/^leia opaque:2:[A-Za-z0-9_-]{256}$/m.test(setting.store.text));
    assertEquals(setting.service.member("leia", HANS).lap(), []);
  },
);

Deno.test({ name: "an invitation works once", ...PURE }, async () => {
  const setting = new Setting();
  const { guest } = setting.enter();
  await setting.register(guest, "leia", "pw-leia");
  const { text } = setting.store;
  assertEquals(guest.answerTo(guest.message({ verb: "bye", user: NAME })), "reset");
  const reason = "this invitation was used already; if that was not you, tell whoever sent it";
  assertEquals(setting.enter().reply, refusal(reason));
  assertEquals(setting.store.text, text);
});

Deno.test(
  { name: "of two who use one invitation at once, one becomes a user", ...PURE },
  async () => {
    const setting = new Setting();
    const { guest } = setting.enter();
    const thief = new ServiceClient(setting.service, NAME, VADER, SECRET);
    const login = thief.proof(thief.greet());
    assertEquals(thief.takeWelcome(setting.service.send(login!, VADER)), { kind: "welcome" });
    assertEquals(await setting.register(guest, "leia", "pw-leia"), { kind: "done" });
    assertEquals(thief.answerTo(thief.message({ verb: "bye", user: NAME })), "reset");
  },
);

Deno.test({ name: "open invitations are counted, and no others", ...PURE }, () => {
  const states = [...CLOSED.map(([, it]) => it), invitation()];
  const counts = states.map((it) => {
    return new Invitations([it], () => NOW).countOpen(Accounts.parse("vader pw-vader\n"));
  });
  assertEquals(counts, [0, 0, 0, 0, 1]);
});

Deno.test({ name: "the log says whom an invitation is for, known ones only", ...PURE }, () => {
  const setting = new Setting(invitation("used"));
  setting.enter();
  setting.enter("wrong");
  setting.enter("wrong", UNKNOWN);
  setting.service.expire(LOGIN_STEP_MS + 1);
  const users = setting.service.events.flatMap((event) => "user" in event ? [event.user] : []);
  assertEquals([...new Set(users)], ["invitation for leia", UNKNOWN]);
});

const CLOSED: readonly (readonly [what: string, it: StoredInvitation, reason: string])[] = [
  ["used", invitation("used"), "this invitation was used already; if that was not you, tell"],
  ["revoked", invitation("revoked"), "this invitation was revoked: ask for another"],
  ["expired", invitation("open", NOW - 1), "this invitation has expired: ask for another"],
  ["for a user who exists", invitation("open", NOW, "vader"), "there is a user vader already"],
];

for (const [what, it, reason] of CLOSED) {
  Deno.test({ name: `an invitation that is ${what} says so, and does nothing`, ...PURE }, () => {
    const setting = new Setting(it);
    const { guest, reply } = setting.enter();
    assert(reply?.kind === "error" && reply.code === 403 && reply.reason.startsWith(reason));
    assertThrows(() => setting.service.index.sealedSession(guest.keys.session)!.user);
    assertEquals(setting.enter("wrong").reply, undefined);
    assertEquals(setting.store.text, "vader pw-vader\n");
  });
}

Deno.test(
  { name: "an invitation that ends while it is used does nothing any more", ...PURE },
  () => {
    for (const change of ["revoked", "expired", "exists"] as const) {
      const setting = new Setting();
      const { guest, reply } = setting.enter();
      assertEquals(reply, { kind: "welcome" });
      if (change === "exists") setting.store.text += "leia pw-leia\n";
      if (change === "expired") setting.store.time = NOW + 1;
      setting.store.invite([invitation(change === "revoked" ? "revoked" : "open")]);
      assertEquals(guest.answerTo(guest.message({ verb: "bye", user: NAME })), "reset", change);
    }
  },
);

Deno.test(
  { name: "a session of an invitation registers its user, and does nothing else", ...PURE },
  async () => {
    const setting = new Setting();
    const { guest } = setting.enter();
    const user = NAME;
    const requests: SealedRequest[] = [
      { verb: "ca", user },
      { verb: "have", user, content: { id: "ab".repeat(32), size: 5 } },
      { verb: "share", user, digest: "A".repeat(22) },
      { verb: "lap", user },
      { verb: "lpf", user, of: "vader" },
      { verb: "sch", user, text: "a" },
      { verb: "pub", user, name: "a.txt" },
      { verb: "unp", user, name: "a.txt" },
      { verb: "get", user, name: "a.txt" },
    ];
    const reply = refusal("an invitation sets a password, and does nothing else");
    for (const request of requests) assertEquals(await setting.ask(guest, request), reply);
    assertEquals(guest.heartbeat(), { kind: "done" });
    const vader = setting.service.member("vader", VADER);
    assertEquals(vader.lap(), [], "a guest is nobody's peer");
    const sessions = vader.ask({ verb: "lap", user: "vader", isDetailed: true });
    assert(sessions?.kind === "list");
    assertEquals(sessions.items, ["vader"], "nor is its session listed");
    assertEquals(setting.service.index.sealedSession(guest.keys.session)!.share, undefined);
    assertEquals(await setting.register(guest, "leia", "pw-leia"), { kind: "done" });
  },
);

Deno.test({ name: "who is invited as one user registers no other", ...PURE }, async () => {
  const setting = new Setting();
  const { guest } = setting.enter();
  assertEquals(await setting.register(guest, "vader", "mine"), { kind: "done" });
  assert(setting.store.text.startsWith("vader pw-vader\nleia opaque:2:"));
  const vader = new ServiceClient(setting.service, "vader", LAN, "mine");
  assertEquals(vader.proof(vader.greet()), undefined);
});

Deno.test({ name: "the secret of an invitation is guessed ever more slowly", ...PURE }, () => {
  const setting = new Setting();
  for (let guess = 0; guess < 5; guess++) {
    assertEquals(setting.enter(`guess-${guess}`).reply, undefined);
  }
  const guest = new ServiceClient(setting.service, NAME, LAN, SECRET);
  const answer = guest.greet();
  assert(answer?.kind === "busy" && answer.seconds === 2);
  assertEquals(setting.enter(SECRET, NAME, 2_000).reply, { kind: "welcome" });
});

Deno.test({ name: "an invitation that is not known looks like one that is", ...PURE }, () => {
  const setting = new Setting();
  // All users are strong, and so are unknown ones.
  setting.service.index.replaceAccounts(Accounts.parse(`yoda opaque:2:${RECORD}`));
  const shapes = [NAME, UNKNOWN].map((name) => {
    const guest = new ServiceClient(setting.service, name, YODA, "wrong");
    const challenge = setting.service.send(guest.provenHello(), YODA);
    const content = decoded(challenge);
    assert(content?.kind === "challenge");
    return [challenge!.length, content.cookie.length, content.stretching];
  });
  assertEquals(shapes[0], shapes[1]);
  assertEquals(shapes[0]![2], "light");
  assertEquals(setting.enter(SECRET, UNKNOWN).reply, undefined);
});

Deno.test({ name: "the plain protocol opens no invitation", ...PURE }, () => {
  const { service } = new Setting();
  for (const password of [SECRET, RECORD, `opaque:2:${RECORD}`.slice(0, 64)]) {
    const answer = service.sendPlain(`login ${NAME} ${password.slice(0, 64)} 6000`, HANS);
    assertEquals(answer, "Authentication failed. Please try again.");
  }
});

Deno.test({ name: "the file of invitations is read as it was written", ...PURE }, () => {
  const all = [invitation(), { ...invitation("used", 5, "jürgen"), name: UNKNOWN }];
  assertEquals(parseInvitations(formatInvitations(all)), all);
  assertEquals(parseInvitations(formatInvitations(all).replaceAll("\n", "\r\n")), all);
  assertEquals(parseInvitations(""), []);
});

const [LINE = ""] = formatInvitations([invitation()]).split("\n").slice(1);
const BAD_LINES: Readonly<Record<string, string>> = {
  "another name": LINE.replace(NAME, "leia"),
  "a state that there is not": LINE.replace("open", "opened"),
  "a bad time": LINE.replace(String(NOW), "-1"),
  "a bad user": LINE.replace("leia", "\u202e"),
  "a record that is cut": LINE.slice(0, -1),
  "more": `${LINE} x`,
  "less": LINE.replace(" open", ""),
};

for (const [what, line] of Object.entries(BAD_LINES)) {
  Deno.test({ name: `an invitation with ${what} is refused by its line`, ...PURE }, () => {
    assert(line !== LINE);
    const parse = () => parseInvitations(`# x\n${line}\n`);
    assertThrows(parse, BitTrickleError, "line 2: not an invitation");
  });
}

Deno.test({ name: "revokeFor() revokes what is open, and keeps the rest", ...PURE }, () => {
  const used = { ...invitation("used"), name: UNKNOWN };
  assertEquals(revokeFor("leia", [invitation(), used]), [invitation("revoked"), used]);
  const all = [used];
  assert(revokeFor("leia", all) === all && revokeFor("hans", all) === all);
});
