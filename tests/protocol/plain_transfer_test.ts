import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FILE_NOT_FOUND, RefusalDetector } from "../../lib/protocol/plain_transfer.ts";

const REFUSAL = new TextEncoder().encode(FILE_NOT_FOUND);

function isRefusal(...chunks: readonly Uint8Array[]): boolean {
  const detector = new RefusalDetector();
  for (const chunk of chunks) detector.push(chunk);
  return detector.isRefusal;
}

Deno.test({ name: "FILE_NOT_FOUND is the original's text", permissions: "none" }, () => {
  assertEquals(FILE_NOT_FOUND, "Error: File not found");
});

Deno.test({ name: "RefusalDetector knows the refusal in one piece", permissions: "none" }, () => {
  assertEquals(isRefusal(REFUSAL), true);
});

Deno.test({ name: "RefusalDetector knows the refusal byte by byte", permissions: "none" }, () => {
  assertEquals(isRefusal(...Array.from(REFUSAL, (byte) => Uint8Array.of(byte))), true);
});

Deno.test({ name: "RefusalDetector takes an empty stream for a file", permissions: "none" }, () => {
  assertEquals(isRefusal(), false);
  assertEquals(isRefusal(new Uint8Array(0)), false);
});

Deno.test({
  name: "RefusalDetector takes the beginning of the refusal for a file",
  permissions: "none",
}, () => {
  for (let length = 0; length < REFUSAL.length; length++) {
    assertEquals(isRefusal(REFUSAL.subarray(0, length)), false);
  }
});

Deno.test({
  name: "RefusalDetector takes a file that begins with the refusal for a file",
  permissions: "none",
}, () => {
  assertEquals(isRefusal(REFUSAL, Uint8Array.of(0x0a)), false);
  assertEquals(isRefusal(new TextEncoder().encode(`${FILE_NOT_FOUND}\n`)), false);
  assertEquals(isRefusal(new TextEncoder().encode(FILE_NOT_FOUND.repeat(1_000))), false);
});

Deno.test({
  name: "RefusalDetector is not fooled by the refusal after something else",
  permissions: "none",
}, () => {
  assertEquals(isRefusal(Uint8Array.of(0), REFUSAL), false);
  assertEquals(isRefusal(Uint8Array.of(0xc5), REFUSAL), false);
});

Deno.test({
  name: "RefusalDetector agrees with comparing the whole stream, however it is cut",
  permissions: "none",
}, () => {
  const streams = fc.oneof(
    fc.constant(REFUSAL),
    fc.nat(REFUSAL.length).map((length) => REFUSAL.slice(0, length)),
    fc.uint8Array({ maxLength: 3 }).map((tail) => Uint8Array.of(...REFUSAL, ...tail)),
    fc.tuple(fc.nat(REFUSAL.length - 1), fc.nat(255))
      .map(([at, byte]) => REFUSAL.with(at, byte)),
    fc.uint8Array(),
  );
  fc.assert(
    fc.property(streams, fc.array(fc.nat(30)), (stream, cuts) => {
      const points = [0, ...cuts.toSorted((a, b) => a - b), Math.max(stream.length, 30)];
      const chunks = points.slice(1).map((end, i) => stream.subarray(points[i], end));
      const isWhole = stream.length === REFUSAL.length && stream.every((b, i) => b === REFUSAL[i]);
      assertEquals(isRefusal(...chunks), isWhole);
    }),
    { numRuns: 1_000 },
  );
});
