import { assertEquals } from "@std/assert";
import { indexesOf } from "../../lib/discovery/found_indexes.ts";

const PURE = { permissions: "none" } as const;
const fingerprintOf = (digits: string) => Array(8).fill(digits).join("-");

function server(digits: string, port: number, name = "Room 12") {
  const address = { hostname: "192.0.2.7", port };
  return { name, fingerprint: fingerprintOf(digits), address };
}

Deno.test({ name: "servers with one fingerprint are one index, and no others", ...PURE }, () => {
  const servers = [server("01ef", 1, "A"), server("02ef", 2), server("01ef", 3, "B")];
  const found = indexesOf(servers).map(({ name, addresses }) => {
    return [name, ...addresses.map(({ port }) => port)];
  });
  assertEquals(found, [["A", 1, 3], ["Room 12", 2]]);
});

Deno.test({ name: "more servers than an index has are another index", ...PURE }, () => {
  const servers = Array.from({ length: 19 }, (_, i) => server("01ef", i + 1));
  assertEquals(indexesOf(servers).map(({ addresses }) => addresses.length), [8, 8, 3]);
});
