/**
 * Rows of files found, with those who publish them.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { isDevice } from "../../lib/protocol/device.ts";
import { TEXT_BYTES } from "../../lib/protocol/sealed_message.ts";
import {
  COUNTED_PUBLISHERS,
  type Publishers,
  publishersFields,
  publishersIn,
} from "../../lib/protocol/publishers.ts";
import { decodeSealedReply, encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { listOf } from "../support/lists.ts";
import { credentials, fieldTexts } from "./arbitraries.ts";

const PURE = { permissions: "none" } as const;
const short = fieldTexts.map((text) => [...text].slice(0, 20).join("")).filter(isDevice);

const publishers: fc.Arbitrary<Publishers> = fc.record({
  user: credentials,
  counts: fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 })),
  device: fc.option(short, { nil: undefined }),
}).map(({ user, counts, device }) => {
  const [active, all] = [Math.min(...counts), Math.max(...counts)];
  return { user, active, all, ...device === undefined ? {} : { device } };
});

function rowOf(...fields: readonly string[]): string[][] {
  return [["a.txt", "", "", ...fields]];
}

Deno.test({ name: "a row reads back as the publishers that it tells", ...PURE }, () => {
  fc.assert(fc.property(publishers, (it) => {
    assertEquals(publishersIn(rowOf(...publishersFields(it))), { publishers: [it] });
  }));
  assertEquals(publishersIn(rowOf()), {});
});

Deno.test({ name: "counts that cannot be are malformed", ...PURE }, () => {
  const bad = [
    ["hans", "0", "1"],
    ["hans", "2", "1"],
    ["hans", "1", String(COUNTED_PUBLISHERS + 1)],
    ["hans", "01", "1"],
    ["hans"],
    ["h s", "1", "1"],
    ["hans", "1", "1", "\u202elab"],
  ];
  for (const fields of bad) {
    assertThrows(() => publishersIn(rowOf(...fields)), BitTrickleError, "bad publishers");
  }
});

Deno.test(
  { name: "a name that leaves no room for its publishers is told without them", ...PURE },
  () => {
    const name = Array<string>(4).fill("n".repeat(249)).join("/");
    const known = { user: "u".repeat(64), active: 1, all: 1, device: "d".repeat(64) };
    const list = listOf("files found", [name], [{ size: 1, id: "0".repeat(64) }]);
    const bytes = encodeSealedReply({ ...list, publishers: [known] });
    assertEquals(bytes.length <= TEXT_BYTES, true);
    assertEquals(decodeSealedReply("sch", bytes), list);
    const shorter = { ...list, items: ["a"], publishers: [known] };
    assertEquals(decodeSealedReply("sch", encodeSealedReply(shorter)), shorter);
  },
);
