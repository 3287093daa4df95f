/**
 * `deno task demo`: a server and three clients share real files on this machine.
 *
 * @module
 */

import { toStdout, written } from "../lib/cli/write.ts";
import { runDemo } from "./support/demo.ts";
import { FROM_SOURCE } from "./support/program.ts";

if (import.meta.main) {
  const isPerfect = await runDemo(FROM_SOURCE, (line) => toStdout(`${line}\n`));
  await written();
  Deno.exit(isPerfect ? 0 : 1);
}
