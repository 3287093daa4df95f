import { assertEquals, assertStringIncludes } from "@std/assert";
import { resolveIndex } from "../../lib/client/index_argument.ts";
import { failureOf } from "../support/failures.ts";

const at = (hostname: string, port = 5_000) => ({ hostname, port });
const NOWHERE = at("nowhere.invalid");

Deno.test("a client listens for those who reach any server of its index", async () => {
  assertEquals(await resolveIndex([at("127.0.0.1")], undefined), {
    index: at("127.0.0.1"),
    host: "127.0.0.1",
    otherAddresses: [],
    otherServers: [],
  });
  const servers = [at("127.0.0.1"), at("192.0.2.1", 5_001), at("192.0.2.2")] as const;
  assertEquals(await resolveIndex(servers, undefined), {
    index: at("192.0.2.1", 5_001),
    host: "192.0.2.1",
    otherAddresses: ["127.0.0.1", "192.0.2.2"],
    otherServers: [servers[0], servers[2]],
  });
});

Deno.test("a server that cannot be found keeps nobody from the others", async () => {
  const { index, host, otherServers } = await resolveIndex([NOWHERE, at("127.0.0.1")], "lap");
  assertEquals([index, host, otherServers], [at("127.0.0.1"), "127.0.0.1", [NOWHERE]]);
  const error = await failureOf(() => resolveIndex([NOWHERE, NOWHERE], "lap"));
  assertEquals(error.code, "network");
  assertStringIncludes(error.message, 'or did you mean "lap"?');
});
