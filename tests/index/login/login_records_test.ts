import { assert, assertEquals } from "@std/assert";
import { client, server } from "@serenity-kit/opaque";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { LoginRecords, registerPassword } from "../../../lib/index/login/login_records.ts";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../../lib/protocol/opaque_settings.ts";
import { SETUP } from "../../support/test_service.ts";

const RECORD = "A".repeat(256);
const PLAIN = Accounts.parse("hans carbonite*7\nvader breathe-deep");
const SEALED = Accounts.parse(`hans opaque:2:${RECORD}\nvader opaque:2:${RECORD}`);
const MIXED = Accounts.parse(`hans carbonite*7\nvader opaque:2:${RECORD}`);
const STRANGERS = Array.from({ length: 100 }, (_, i) => `stranger${i}`);

/** Whether `password` proves a login against `record`. */
function isProven(record: string | null, password: string): boolean {
  const identifiers = opaqueIdentifiers("hans");
  const { clientLoginState, startLoginRequest } = client.startLogin({ password });
  const { loginResponse } = server.startLogin({
    serverSetup: SETUP,
    userIdentifier: "hans",
    registrationRecord: record,
    startLoginRequest,
    identifiers,
  });
  const keyStretching = KEY_STRETCHING.light;
  const response = { clientLoginState, loginResponse, password, keyStretching, identifiers };
  return client.finishLogin(response) !== undefined;
}

Deno.test({
  name: "LoginRecords makes a record that proves a password that the index knows in clear",
  permissions: "none",
}, () => {
  const { record, stretching } = new LoginRecords(SETUP).of("hans", PLAIN);
  assertEquals(stretching, "light");
  assert(isProven(record, "carbonite*7"));
  assert(!isProven(record, "carbonite*8"));
});

Deno.test({
  name: "LoginRecords gives a stored record as it is, and its stretching",
  permissions: "none",
}, () => {
  assertEquals(new LoginRecords(SETUP).of("hans", SEALED), {
    record: RECORD,
    stretching: "strong",
  });
});

Deno.test({
  name: "registerPassword() makes what a credentials file stores",
  permissions: "none",
}, () => {
  const record = registerPassword(SETUP, "hans", "carbonite*7", "light");
  Accounts.parse(`hans opaque:2:${record}`);
  assert(isProven(record, "carbonite*7"));
  assert(!isProven(record, "breathe-deep"));
  assert(registerPassword(SETUP, "hans", "carbonite*7", "light") !== record);
});

Deno.test({
  name: "LoginRecords makes a record once, and a new one when the password changes",
  permissions: "none",
}, () => {
  const records = new LoginRecords(SETUP);
  const first = records.of("hans", PLAIN);
  assertEquals(records.of("hans", PLAIN), first);
  assertEquals(records.of("hans", MIXED), first);
  const changed = records.of("hans", Accounts.parse("hans new-password"));
  assert(isProven(changed.record, "new-password"));
  assert(!isProven(changed.record, "carbonite*7"));
  assertEquals(records.of("hans", SEALED).record, RECORD);
});

Deno.test(
  { name: "LoginRecords has no record of the unknown", permissions: "none" },
  () => {
    const accounts = Accounts.parse("hans carbonite*7\nvader breathe-deep");
    const records = new LoginRecords(SETUP);
    for (const user of ["han", "Vader", "__proto__", ...STRANGERS]) {
      assertEquals(records.of(user, accounts).record, null);
    }
  },
);

Deno.test({
  name: "LoginRecords stretches for an unknown user as for one of the known",
  permissions: "none",
}, () => {
  const records = new LoginRecords(SETUP);
  const seen = (accounts: Accounts) => {
    return new Set(STRANGERS.map((user) => records.of(user, accounts).stretching));
  };
  assertEquals(seen(PLAIN), new Set(["light"]));
  assertEquals(seen(SEALED), new Set(["strong"]));
  assertEquals(seen(MIXED).size, 2);
});

Deno.test({
  name: "LoginRecords always stretches the same for an unknown user, even after a restart",
  permissions: "none",
}, () => {
  const [records, restarted] = [new LoginRecords(SETUP), new LoginRecords(SETUP)];
  for (const user of STRANGERS) {
    const { stretching } = records.of(user, MIXED);
    assertEquals(records.of(user, MIXED).stretching, stretching);
    assertEquals(restarted.of(user, MIXED).stretching, stretching);
  }
});

Deno.test({
  name: "LoginRecords stretches the same for an unknown user, whoever is added or taken out",
  permissions: "none",
}, () => {
  const records = new LoginRecords(SETUP);
  const users = ["chewy pw-chewy", `yoda opaque:2:${RECORD}`, `lando opaque:2:${RECORD}`];
  for (let taken = 0; taken <= users.length; taken++) {
    const others = users.slice(taken);
    const changed = Accounts.parse(
      ["hans carbonite*7", `vader opaque:2:${RECORD}`, ...others].join("\n"),
    );
    for (const user of STRANGERS) {
      const { stretching } = records.of(user, changed);
      assertEquals(stretching, records.of(user, MIXED).stretching, user);
    }
  }
  const more = Accounts.parse("hans carbonite*7\nvader breathe-deep\nyoda x");
  for (const user of STRANGERS) assertEquals(records.of(user, more).stretching, "light");
});

Deno.test({
  name: "LoginRecords takes a record of the version before for no record at all",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse(`hans opaque:${RECORD}\nvader opaque:2:${RECORD}`);
  assertEquals(accounts.outdated, ["hans"]);
  assertEquals(accounts.users, ["vader"]);
  assertEquals(new LoginRecords(SETUP).of("hans", accounts), {
    record: null,
    stretching: "strong",
  });
});

Deno.test({
  name: "LoginRecords has the records of the disabled as if they were not",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse(`hans disabled:carbonite*7\nvader disabled:opaque:2:${RECORD}`);
  const records = new LoginRecords(SETUP);
  assertEquals(records.of("vader", accounts), { record: RECORD, stretching: "strong" });
  const { record, stretching } = records.of("hans", accounts);
  assert(stretching === "light" && isProven(record, "carbonite*7"));
});

for (const secret of [`disabled:opaque:${RECORD}`, `opaque:${RECORD}`]) {
  Deno.test({
    name: `LoginRecords stays strong for users who are out but have ${secret.slice(0, 20)}…`,
    permissions: "none",
  }, () => {
    const lines = STRANGERS.map((user) => `${user} ${secret}`);
    const accounts = Accounts.parse(["hans carbonite*7", ...lines].join("\n"));
    const records = new LoginRecords(SETUP);
    for (const user of STRANGERS) {
      assertEquals(records.of(user, accounts), { record: null, stretching: "strong" }, user);
    }
  });
}

Deno.test({
  name: "LoginRecords stays strong for users who were taken out while it ran",
  permissions: "none",
}, () => {
  const records = new LoginRecords(SETUP);
  const lines = STRANGERS.map((user) => `${user} opaque:2:${RECORD}`);
  records.of("hans", Accounts.parse(["hans carbonite*7", ...lines].join("\n")));
  for (const left of [MIXED, PLAIN]) {
    for (const user of STRANGERS) {
      assertEquals(records.of(user, left), { record: null, stretching: "strong" }, user);
    }
  }
});

Deno.test({
  name: "LoginRecords.prepare() makes the records of all users, with a pause after each",
  permissions: "none",
}, async () => {
  const users = STRANGERS.slice(0, 10);
  const accounts = Accounts.parse(users.map((user) => `${user} password`).join("\n"));
  const records = new LoginRecords(SETUP);
  let pauses = 0;
  const times = [performance.now()];
  await records.prepare(accounts, () => Promise.resolve(void pauses++));
  times.push(performance.now());
  for (const user of users) records.of(user, accounts);
  times.push(performance.now());
  assertEquals(pauses, 10);
  assert(times[2]! - times[1]! < (times[1]! - times[0]!) / 2, "they were made again");
});

Deno.test({
  name: "LoginRecords does not stretch what was generated, as if it stood there in clear",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse(
    `hans opaque:2:light:${RECORD}\nluke disabled:opaque:2:light:${RECORD}`,
  );
  const records = new LoginRecords(SETUP);
  const light = { record: RECORD, stretching: "light" as const };
  assertEquals([records.of("hans", accounts), records.of("luke", accounts)], [light, light]);
  assertEquals([accounts.strongUsers, accounts.stretching, accounts.hasRecords], [
    [],
    "light",
    true,
  ]);
  for (const user of STRANGERS) {
    assertEquals(records.of(user, accounts), { record: null, stretching: "light" });
  }
  const both = Accounts.parse(`hans opaque:2:light:${RECORD}\nvader opaque:2:${RECORD}`);
  assertEquals(new Set(STRANGERS.map((user) => records.of(user, both).stretching)).size, 2);
});
