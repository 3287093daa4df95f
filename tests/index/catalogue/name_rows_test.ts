import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { NameRows } from "../../../lib/index/catalogue/name_rows.ts";

Deno.test(
  { name: "each row is found by its name, and each name by its rows", permissions: "none" },
  () => {
    const counts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 });
    fc.assert(fc.property(counts, fc.boolean(), (counts, isTrimmed) => {
      const ofNames = new NameRows(1, 1);
      const names = counts.map((_, i) => `name ${String(i).padStart(2, "0")}`);
      const placeOfRow = counts.flatMap((count, place) => Array<number>(count).fill(place));
      for (const [row, place] of placeOfRow.entries()) ofNames.push(names[place]!, row);
      if (isTrimmed) ofNames.trim();
      assertEquals(placeOfRow.map((_, row) => ofNames.placeOfRow(row)), placeOfRow);
      assertEquals(names.map((name) => ofNames.placeOf(name)), names.map((_, place) => place));
      assertEquals(
        counts.map((_, place) => ofNames.firstAt(place)),
        counts.map((_, place) => placeOfRow.indexOf(place)),
      );
      assertEquals(ofNames.firstAt(counts.length), placeOfRow.length);
    }));
  },
);
