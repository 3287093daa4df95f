/**
 * What partial sources say that they have.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Availability } from "../../../lib/peer/download/availability.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

function pieces(availability: Availability, count: number, source: string): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => availability.has(source, i));
}

test("a bitmap's highest bit is the first piece", () => {
  const availability = new Availability(10);
  availability.join("hans");
  availability.set("hans", Uint8Array.of(0b1000_0001, 0b0100_0000));
  assertEquals(pieces(availability, 10, "hans"), [0, 7, 9]);
  assertEquals([0, 1, 9].map((piece) => availability.copies(piece)), [1, 0, 1]);
});

test("who has not said anything has nothing, and who is not partial has all", () => {
  const availability = new Availability(3);
  availability.join("hans");
  assertEquals([availability.has("hans", 0), availability.has("yoda", 0)], [false, true]);
});

test("copies are counted once a source, however often it tells", () => {
  const availability = new Availability(8);
  for (const source of ["hans", "yoda"]) availability.join(source);
  for (let i = 0; i < 3; i++) availability.set("hans", Uint8Array.of(0xff));
  availability.set("yoda", Uint8Array.of(0x0f));
  assertEquals([availability.copies(0), availability.copies(7)], [1, 2]);
  availability.join("hans");
  availability.clear("hans", 7);
  availability.clear("hans", 7);
  assertEquals(availability.copies(7), 1);
  availability.leave("hans");
  availability.leave("hans");
  assertEquals([availability.copies(0), availability.copies(7)], [0, 1]);
});

test("a late bitmap of a source that has left counts nothing", () => {
  const availability = new Availability(8);
  availability.set("hans", Uint8Array.of(0xff));
  assertEquals([availability.isAny, availability.copies(0)], [false, 0]);
});

test("a bitmap that is too long, too short or has bits beyond the end is refused", () => {
  const availability = new Availability(10);
  availability.join("hans");
  for (const bitmap of [[], [0xff], [0xff, 0xc0, 0], [0xff, 0b0010_0000], [0, 1]]) {
    assertThrows(() => availability.set("hans", Uint8Array.from(bitmap)), BitTrickleError);
  }
  assertEquals(pieces(availability, 10, "hans"), []);
  availability.set("hans", Uint8Array.of(0xff, 0b1100_0000));
  assertEquals(pieces(availability, 10, "hans").length, 10);
});
