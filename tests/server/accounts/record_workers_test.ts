import { assertEquals } from "@std/assert";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { makeRecords } from "../../../lib/server/accounts/record_workers.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { SETUP } from "../../support/test_service.ts";

Deno.test(
  "threads make a record for each user, in their order",
  { ignore: !MAY_USE_DISK },
  async () => {
    const users = ["leia", "luke", "han"];
    const requests = users.map((user) => ({ setup: SETUP, user, password: `pw-${user}` }));
    const counts: number[] = [];
    const records = await makeRecords(requests, (count) => counts.push(count));
    Accounts.parse(users.map((user, i) => `${user} opaque:2:${records[i]}`).join("\n"));
    assertEquals([new Set(records).size, counts], [3, [1, 2, 3]]);
    assertEquals(await makeRecords([]), []);
  },
);

Deno.test("what a thread throws is thrown", { ignore: !MAY_USE_DISK }, async () => {
  const request = { setup: "no key", user: "leia", password: "pw-leia" };
  const error = await makeRecords([request]).catch((error) => error);
  assertEquals(error instanceof Error, true);
});
