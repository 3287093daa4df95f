/**
 * Writes down what listings look like now: `deno task listings`. Look at what has changed.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { allListings } from "./support/listings.ts";

const path = fromFileUrl(new URL("fixtures/listings.json", import.meta.url));
await Deno.writeTextFile(path, `${JSON.stringify(await allListings(), null, 2)}\n`);
