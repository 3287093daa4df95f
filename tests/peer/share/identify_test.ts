/**
 * Reading a whole file to find out what it is.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import type { FileHandle } from "node:fs/promises";
import { BitTrickleError } from "../../../lib/errors.ts";
import { identify } from "../../../lib/peer/share/identify.ts";
import { HASHER } from "../../support/hashed.ts";

const STATUS = { size: 5n, mtimeNs: 1n, ctimeNs: 1n, ino: 1n };

/** What the system says of a block that it cannot read. */
function failing(): Promise<never> {
  return Promise.reject(Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" }));
}

for (
  const [what, file] of [
    ["be read", { stat: () => Promise.resolve(STATUS), read: failing }],
    ["be looked at", { stat: failing }],
  ] as const
) {
  Deno.test(`a file that cannot ${what} is a fault of that file alone`, async () => {
    const identifying = () => identify(file as unknown as FileHandle, HASHER);
    const error = await assertRejects(identifying, BitTrickleError);
    assertEquals([error.code, error.message], ["disk", "the disk fails"]);
  });
}
