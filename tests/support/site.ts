/**
 * The documentation's site, as `deno task site` builds it.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { systemCommand } from "./system_command.ts";
import { TempFolder } from "./temp_folder.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Builds it into a folder that is gone after the test. */
export async function builtSite(): Promise<TempFolder> {
  const folder = await TempFolder.make();
  // A program of its own: what it is made with stands in no lock file.
  const flags = ["--quiet", "--no-lock", "-P=tests", `--config=${ROOT}deno.json`];
  await systemCommand(Deno.execPath(), "run", ...flags, `${ROOT}docs/site/main.ts`, folder.path);
  return folder;
}
