/**
 * `deno task reference`: writes the pages of the reference that are made from the code.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { referencePages } from "./pages.ts";

if (import.meta.main) {
  for (const [path, text] of await referencePages()) {
    await Deno.writeTextFile(fromFileUrl(new URL(`../../../${path}`, import.meta.url)), text);
  }
}
