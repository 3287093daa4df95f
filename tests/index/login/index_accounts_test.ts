import { assertEquals } from "@std/assert";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { PlainIndex, threeActive } from "../../support/plain_index.ts";
import { ServiceClient, TestService } from "../../support/test_service.ts";
import { HANS, HANS as HERE, LAN, VADER, VADER as THERE, YODA } from "../../support/users.ts";

const BEFORE = "hans h\nvader v\nyoda y\nchewy c";

const CHANGES: readonly (readonly [what: string, text: string, left: readonly string[]])[] = [
  ["nothing", BEFORE, ["hans", "vader"]],
  ["nothing but the order", "# new\nchewy c\nyoda y\nvader v\nhans h", ["hans", "vader"]],
  ["a password", BEFORE.replace("hans h", "hans new"), ["vader"]],
  ["two passwords", "hans 1\nvader 2\nyoda y\nchewy c", []],
  ["a removed user", "vader v\nyoda y\nchewy c", ["vader"]],
  ["a disabled user", BEFORE.replace("vader v", "vader disabled:v"), ["hans"]],
  ["a user who is not active", BEFORE.replace("chewy c", "chewy new"), ["hans", "vader"]],
  ["a new user", `${BEFORE}\nr2 x`, ["hans", "vader"]],
  ["a record for a password", BEFORE.replace("hans h", `hans opaque:${"A".repeat(256)}`), [
    "vader",
  ]],
];

for (const [what, text, left] of CHANGES) {
  Deno.test({
    name: `replaceAccounts() after a change of ${what} leaves ${left.join(" and ") || "nobody"} in`,
    permissions: "none",
  }, () => {
    const service = threeActive();
    service.index.replaceAccounts(Accounts.parse(text));
    const peers = ["No active peers", "1 active peer:", "2 active peers:"][left.length];
    assertEquals(service.ask("lap yoda", YODA, 1), [peers, ...left].join("\n"));
    assertEquals([service.index.knows(HANS, 1), service.index.knows(VADER, 1)], [
      left.includes("hans"),
      left.includes("vader"),
    ]);
  });
}

Deno.test({
  name: "replaceAccounts() decides who may log in from now on",
  permissions: "none",
}, () => {
  const service = new PlainIndex();
  service.index.replaceAccounts(Accounts.parse("hans new\nvader disabled:v\nr2 beep"));
  const refusal = "Authentication failed. Please try again.";
  assertEquals(service.ask("login hans h 5001", HANS), refusal);
  assertEquals(service.ask("login vader x 5002", VADER), refusal);
  assertEquals(
    service.ask("login vader v 5002", VADER),
    "Error: this user is disabled: ask whoever runs the index",
  );
  assertEquals(service.ask("login chewy c 5003", YODA), refusal);
  assertEquals(service.ask("login hans new 5001", HANS), "Welcome to BitTrickle!");
  assertEquals(service.ask("login r2 beep 5003", YODA), "Welcome to BitTrickle!");
});

Deno.test({
  name: "a disabled user is told so with the right password, and nobody else is",
  permissions: "none",
}, () => {
  const service = new TestService("hans pw-hans\nvader disabled:pw-vader");
  const logIn = (user: string, password: string) => {
    const member = new ServiceClient(service, user, LAN, password);
    const login = member.proof(member.greet());
    return login && member.takeWelcome(service.send(login, LAN));
  };
  const reason = "this user is disabled: ask whoever runs the index";
  assertEquals(logIn("vader", "pw-vader"), { kind: "error", code: 403, reason });
  assertEquals([logIn("vader", "wrong"), logIn("luke", "pw-luke")], [undefined, undefined]);
  assertEquals(service.member("hans", HERE).lap(), []);
});

Deno.test({
  name: "replaceAccounts() ends sealed sessions too, and publications stay",
  permissions: "none",
}, () => {
  const service = new TestService();
  const [hans, vader] = [service.member("hans", LAN), service.member("vader", HERE)];
  hans.pub("a.txt");
  service.index.replaceAccounts(Accounts.parse("hans new\nvader pw-vader"));
  assertEquals(hans.answerTo(hans.message({ verb: "lap", user: "hans" })), "reset");
  assertEquals(vader.lap(), []);
  assertEquals(service.published("hans", vader), ["a.txt"]);
  service.index.replaceAccounts(Accounts.parse("hans new\nvader disabled:pw-vader"));
  assertEquals(vader.answerTo(vader.message({ verb: "lap", user: "vader" })), "reset");
  service.index.replaceAccounts(Accounts.parse("hans new\nvader pw-vader"));
  assertEquals(vader.answerTo(vader.message({ verb: "lap", user: "vader" })), "reset");
  service.member("vader", THERE);
});
