import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  announcedName,
  formatAnnouncement,
  hostOf,
  instanceOf,
  NAME_BYTES,
  parseAnnouncement,
} from "../../lib/protocol/announcement.ts";
import { isPrintable } from "../../lib/protocol/escape.ts";
import { utf8Length } from "../../lib/protocol/utf8.ts";

const PURE = { permissions: "none" } as const;
const FINGERPRINT = Array(8).fill("01ef").join("-");
const SERVER = { hostname: "192.0.2.7", port: 5_000 };
const ROOM = { name: "Room 12", fingerprint: FINGERPRINT };

Deno.test({ name: "an announcement tells a name and a fingerprint", ...PURE }, () => {
  assertEquals(formatAnnouncement(ROOM), ["v=2", `fp=${FINGERPRINT}`, "n=Room 12"]);
  assertEquals(parseAnnouncement(["x=y", ...formatAnnouncement(ROOM)]), ROOM);
  assertEquals(instanceOf(ROOM, SERVER), "Room 12 (01ef-c5f8)");
  assertEquals(hostOf(ROOM, SERVER), "bittrickle-01ef01ef01ef-c5f8.local");
});

Deno.test({ name: "two servers of one index have names of their own", ...PURE }, () => {
  const other = { ...SERVER, port: 5_001 };
  assert(instanceOf(ROOM, SERVER) !== instanceOf(ROOM, other));
  assert(hostOf(ROOM, SERVER) !== hostOf(ROOM, other));
});

const BAD: readonly (readonly string[])[] = [
  [],
  ["v=2", "n=Room 12"],
  ["v=3", `fp=${FINGERPRINT}`, "n=Room 12"],
  ["v=2", `fp=${FINGERPRINT}`],
  ["v=2", `fp=${FINGERPRINT}`, "n="],
  ["v=2", `fp=${FINGERPRINT}`, "n=Room\x1b[2J"],
  ["v=2", `fp=${FINGERPRINT}`, "n=\u202emoor"],
  ["v=2", `fp=${FINGERPRINT}`, `n=${"x".repeat(NAME_BYTES + 1)}`],
  ["v=2", `fp=${FINGERPRINT}0`, "n=Room 12"],
  ["v=2", "fp=-", "n=Room 12"],
];

for (const texts of BAD) {
  Deno.test({ name: `${JSON.stringify(texts)} announces nothing`, ...PURE }, () => {
    assertEquals(parseAnnouncement(texts), undefined);
  });
}

Deno.test({ name: "any name can be announced, and arrives", ...PURE }, () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
    const name = announcedName(text);
    assert(isPrintable(name) && utf8Length(name) <= NAME_BYTES && name !== "");
    const announcement = { name, fingerprint: FINGERPRINT };
    assertEquals(parseAnnouncement(formatAnnouncement(announcement)), announcement);
    assert(utf8Length(instanceOf(announcement, SERVER)) <= 63);
  }));
});
