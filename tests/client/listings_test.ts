/**
 * What listings look like at several widths: `deno task listings` writes it down anew.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { displayWidth } from "../../lib/cli/display_width.ts";
import { isPrintable } from "../../lib/protocol/escape.ts";
import expected from "../fixtures/listings.json" with { type: "json" };
import { allListings, LISTINGS, WIDTHS } from "../support/listings.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "listings look as they are written down", ...PURE }, async () => {
  assertEquals(await allListings(), expected);
});

Deno.test({ name: "no listing is wider than its terminal, or obeys a name", ...PURE }, async () => {
  const shown = await allListings();
  for (const line of LISTINGS.filter((it) => !it.includes("--long"))) {
    for (const width of WIDTHS) {
      for (const row of shown[`${line} at ${width}`]!) {
        assert(displayWidth(row) <= width, `"${row}" in ${width} columns`);
      }
    }
  }
  assert(Object.values(shown).flat().every(isPrintable));
});
