import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TICKET_CHARACTERS } from "../../lib/protocol/limits.ts";
import { hasId } from "../../lib/protocol/content.ts";
import type { FileDetails, Reply } from "../../lib/protocol/messages.ts";
import { TEXT_BYTES } from "../../lib/protocol/sealed_message.ts";
import { decodeSealedReply, encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { details, longNames, longUsers } from "./sealed_arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";
import { listOf } from "../support/lists.ts";

type List = Reply & { kind: "list" };

const ID = "0123456789abcdef".repeat(4);
const KEY = "A".repeat(43);

const ADDRESSES = fc.constantFrom("203.0.113.255", "2001:db8:1111:2222:3333:4444:5555:6666");

Deno.test({
  name: "every legal name, of any user, is told whole: in lists, and to who gets it by name or id",
  permissions: "none",
}, () => {
  const ticket = "A".repeat(TICKET_CHARACTERS);
  const pass = { key: KEY, ticket: ticket.slice(0, 427) }; // For a name of 64 times four bytes.
  const known = details.filter(hasId);
  const extents = fc.constantFrom(true as const, undefined);
  fc.assert(
    fc.property(
      longNames,
      longUsers,
      known,
      ADDRESSES,
      extents,
      (name, user, details, ip, isPartial) => {
        for (const [verb, of] of [["lpf", "files published"], ["sch", "files found"]] as const) {
          const list = listOf(of, [name], [details]);
          assertEquals(decodeSealedReply(verb, encodeSealedReply(list)), list);
        }
        const file = { user, name, details };
        const source = { ip, port: 65_535, file, pass, ...isPartial ? { isPartial } : {} };
        const reply = { kind: "sources", sources: [source], more: 0 } as const;
        const byName = encodeSealedReply({ ...reply, wanted: name });
        assert(byName.length <= TEXT_BYTES);
        assertEquals(decodeSealedReply("get", byName, name), reply);
        const byId = encodeSealedReply({ ...reply, wanted: details.id });
        assert(byId.length <= TEXT_BYTES);
        const read = decodeSealedReply("get", byId, details.id);
        assert(read.kind === "sources" && read.more === 0);
        if (read.sources.length > 0) assertEquals(read, reply);
        else assertEquals(read.named, [{ name, details }]);
      },
    ),
  );
});

Deno.test({
  name: "encodeSealedReply() writes as many rows as fit into a message and counts the rest",
  permissions: "none",
}, () => {
  const many = fc.array(fc.tuple(longNames, details), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(many, fc.nat(1_000), (rows, more) => {
    const known = rows.map(([, details]) => details);
    const list = { ...listOf("files found", rows.map(([name]) => name), known), more };
    const bytes = encodeSealedReply(list);
    assert(bytes.length <= TEXT_BYTES);
    const read = decodeSealedReply("sch", bytes) as List;
    const { length } = read.items;
    assertEquals([read.items, read.details ?? []], [
      list.items.slice(0, length),
      known.slice(0, length),
    ]);
    assertEquals(length + read.more, rows.length + more);
    if (length === rows.length) return;
    const next = listOf("files found", [list.items[length]!], [known[length]]);
    const room = TEXT_BYTES - "200 999999999".length - (bytes.length - bytes.indexOf(0x0a));
    const row = new TextDecoder().decode(encodeSealedReply(next)).split("\n")[1] ?? "";
    assert(bytesOf(row).length === 0 || 1 + bytesOf(row).length > room, "one more would fit");
  }));
});

Deno.test({
  name: "encodeSealedReply() writes a cursor unless the list is cut, and always below no row",
  permissions: "none",
}, () => {
  fc.assert(fc.property(fc.array(longNames, { maxLength: 30 }), longNames, (items, cursor) => {
    const bytes = encodeSealedReply({ ...listOf("files found", items), more: 1, cursor });
    assert(bytes.length <= TEXT_BYTES);
    const read = decodeSealedReply("sch", bytes) as List;
    assertEquals(read.items, items.slice(0, read.items.length));
    assert(read.cursor === undefined ? read.items.length > 0 : read.cursor === cursor);
    if (read.items.length < items.length) assertEquals(read.cursor, undefined);
  }));
});

for (const isTold of [false, true]) {
  const what = isTold ? "with sizes and ids" : "without details";
  Deno.test({
    name: `10,000 names ${what} come whole in pages that follow their cursor`,
    permissions: "none",
  }, () => {
    const all = Array.from({ length: 10_000 }, (_, i) => `folder/a name & ${i} %.txt`).sort();
    const known = (name: string): FileDetails => ({ size: name.length, id: ID });
    const read: string[] = [];
    for (let more = 1; more > 0;) {
      const left = all.slice(read.length === 0 ? 0 : all.indexOf(read.at(-1)!) + 1);
      const next = left.slice(0, 100);
      const list = listOf("files published", next, isTold ? next.map(known) : undefined);
      const bytes = encodeSealedReply({ ...list, more: left.length - next.length });
      const page = decodeSealedReply("lpf", bytes) as List;
      assert(page.items.length > 0 && page.items.length < 100 && bytes.length <= TEXT_BYTES);
      assertEquals(page.more, left.length - page.items.length);
      assertEquals(page.details, isTold ? page.items.map(known) : undefined);
      read.push(...page.items);
      more = page.more;
    }
    assertEquals(read.length, 10_000);
    assert(read.every((name, i) => name === all[i]));
  });
}

Deno.test({
  name: "a reason is a field, and as long as a message carries",
  permissions: "none",
}, () => {
  const text = (reason: string) => encodeSealedReply({ kind: "error", reason });
  assertEquals(text("a\tb\n\x1b"), bytesOf("400\ta\\u{9}b\\u{a}\\u{1b}"));
  const long = decodeSealedReply("sch", text("é".repeat(1_000)));
  assertEquals(long, { kind: "error", code: 400, reason: "é".repeat((TEXT_BYTES - 4) >> 1) });
});
