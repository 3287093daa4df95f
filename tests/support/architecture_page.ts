/**
 * The page that shows the rooms, of which the picture is made from the imports.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { readSources, toMermaid } from "./architecture.ts";

/** Where the page is. */
export const PAGE: string = fromFileUrl(new URL("../../docs/architecture.md", import.meta.url));

/** The text of `page` with the picture of the code as it is. */
export async function withPicture(page: string): Promise<string> {
  const picture = toMermaid(await readSources());
  return page.replace(/(?<=```mermaid\n)[^`]*(?=```)/, () => `${picture}\n`);
}
