import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { parseStatusFlags, statusSocketFor } from "../../../lib/server/flags/status_flags.ts";

const NOT_ON_WINDOWS = { permissions: "none", ignore: Deno.build.os === "windows" } as const;

Deno.test({ name: "a server tells its status beside its data file", ...NOT_ON_WINDOWS }, () => {
  assertEquals(statusSocketFor("/var/lib/a.db", undefined), "/var/lib/a.db.sock");
  assertEquals(statusSocketFor("a.db", "/run/b"), "/run/b");
  assertEquals(statusSocketFor(":memory:", undefined), undefined);
  assertEquals(statusSocketFor(":memory:", "/run/b"), "/run/b");
});

Deno.test({ name: "status looks where the server with these flags is", ...NOT_ON_WINDOWS }, () => {
  assertEquals(parseStatusFlags([]), {
    statusSocket: "bittrickle.db.sock",
    format: "table",
    isWatched: false,
  });
  assertEquals(parseStatusFlags(["--watch", "--json", "--data", "a", "--status-socket", "b"]), {
    statusSocket: "b",
    format: "json",
    isWatched: true,
  });
});

Deno.test({ name: "status refuses what means nothing", ...NOT_ON_WINDOWS }, () => {
  for (
    const args of [["5000"], ["--nonsense"], ["--data", ":memory:"], ["--status-socket", ""], [
      "--json",
      "--metrics",
    ], ["--watch", "--metrics"]]
  ) {
    assertThrows(() => parseStatusFlags(args), BitTrickleError);
  }
});

Deno.test(
  { name: "there is none on Windows", permissions: "none", ignore: Deno.build.os !== "windows" },
  () => {
    assertEquals(statusSocketFor("a.db", undefined), undefined);
    assertThrows(() => statusSocketFor("a.db", "a"), BitTrickleError, "Windows");
    assertThrows(() => parseStatusFlags([]), BitTrickleError, "Windows");
  },
);
