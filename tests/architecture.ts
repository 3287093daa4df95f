/**
 * Writes the picture in `docs/architecture.md` anew.
 *
 * @module
 */

import { PAGE, withPicture } from "./support/architecture_page.ts";

await Deno.writeTextFile(PAGE, await withPicture(await Deno.readTextFile(PAGE)));
