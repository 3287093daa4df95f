import { assertEquals } from "@std/assert";
import { newsFields, newsLine } from "../../lib/client/session_news.ts";

const PURE = { permissions: "none" } as const;
const FROM = { hostname: "a.lan", port: 5_000 };
const TO = { hostname: "::1", port: 5_001 };

Deno.test(
  { ...PURE, name: "one line tells which server was lost, and which one serves now" },
  () => {
    const details = { from: FROM, to: TO };
    assertEquals(newsLine("moved", details), "Lost a.lan:5000, now at [::1]:5001");
    assertEquals(newsFields("moved", details), {
      news: "moved",
      from: "a.lan:5000",
      to: "[::1]:5001",
    });
  },
);

Deno.test({ ...PURE, name: "a server with another key is named, harmlessly" }, () => {
  const line = newsLine("forged", { server: { hostname: "a\u202e", port: 1 } });
  assertEquals(
    line,
    "Warning: what answers at a\\u{202e}:1 does not have the index's key: it is no server of this " +
      "index, or somebody is in between. Nothing secret is sent to it, and the others go on",
  );
});

Deno.test({ ...PURE, name: "an index with one server is told of as ever" }, () => {
  assertEquals(newsLine("back"), "The index is back");
  assertEquals(newsFields("back"), { news: "back" });
  assertEquals(newsLine("forged").slice(0, 31), "Warning: somebody who does not ");
});
