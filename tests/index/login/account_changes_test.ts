import { assertEquals } from "@std/assert";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { changesBetween } from "../../../lib/index/login/account_changes.ts";

Deno.test({ name: "what becomes of accounts is told user by user", permissions: "none" }, () => {
  const before = Accounts.parse("hans a\nvader b\nyoda disabled:c\nleia d\nluke e");
  const after = Accounts.parse("hans a\nvader disabled:b\nyoda c\nleia new\nchewy f");
  assertEquals(changesBetween(before, after), [
    { user: "vader", change: "disabled" },
    { user: "yoda", change: "enabled" },
    { user: "leia", change: "new password" },
    { user: "luke", change: "removed" },
    { user: "chewy", change: "added" },
  ]);
  assertEquals(changesBetween(after, after), []);
});
