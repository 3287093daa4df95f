import { assertEquals } from "@std/assert";
import type { Answer } from "multicast-dns";
import { goodbyeOf, isAsked, recordsOf, serversIn } from "../../lib/discovery/records.ts";
import { SERVICE_TYPE } from "../../lib/protocol/announcement.ts";

const PURE = { permissions: "none" } as const;
const ROOM = { name: "Room 12", fingerprint: Array(8).fill("01ef").join("-") };
const RECORDS = heard(recordsOf(ROOM, { hostname: "192.0.2.7", port: 5_000 }));

/** Records as they come out of a packet: the strings of a TXT record are bytes. */
function heard(records: readonly Answer[]): Answer[] {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return records.map((record) =>
    record.type === "TXT" ? { ...record, data: (record.data as string[]).map(bytes) } : record
  );
}

Deno.test({ name: "records tell where an index is, and that it has gone", ...PURE }, () => {
  const index = { ...ROOM, address: { hostname: "192.0.2.9", port: 5_000 } };
  // Where the packet came from is where it is reached.
  assertEquals(serversIn(RECORDS, "192.0.2.9"), { there: [index], gone: [] });
  assertEquals(serversIn(goodbyeOf(RECORDS), "192.0.2.9"), {
    there: [],
    gone: [index],
  });
});

Deno.test({ name: "a service is asked for by its type or its own name", ...PURE }, () => {
  for (
    const name of [SERVICE_TYPE, SERVICE_TYPE.toUpperCase(), `Room 12 (01ef-c5f8).${SERVICE_TYPE}`]
  ) {
    assertEquals(isAsked(name, RECORDS), true);
  }
  assertEquals(isAsked("_ipp._tcp.local", RECORDS), false);
});

const changed = (type: string, change: Partial<Answer>) =>
  RECORDS.map((record) => record.type === type ? { ...record, ...change } : record);

const STRANGE: Readonly<Record<string, readonly Answer[]>> = {
  "no port": changed("SRV", { data: undefined }),
  "port 0": changed("SRV", { data: { port: 0 } }),
  "a port beyond the last": changed("SRV", { data: { port: 65_536 } }),
  "a port that is none": changed("SRV", { data: { port: "x" } }),
  "texts that are none": changed("TXT", { data: [1, null, {}] }),
  "no texts": changed("TXT", { data: null }),
  "no records but the pointer": RECORDS.slice(0, 1),
  "a name that is an object": changed("PTR", { data: {} }),
};

for (const [what, records] of Object.entries(STRANGE)) {
  Deno.test({ name: `records with ${what} announce nothing`, ...PURE }, () => {
    assertEquals(serversIn(records, "192.0.2.9").there, []);
  });
}

Deno.test({ name: "only so many records of a packet are looked at", ...PURE }, () => {
  const many = Array.from({ length: 50 }, () => RECORDS).flat();
  assertEquals(serversIn([...Array(100).fill(RECORDS[1]), ...many], "192.0.2.9").there, []);
});
