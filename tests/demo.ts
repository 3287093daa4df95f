/**
 * `deno task demo [FOLDER]`: a server and three clients share real files on this machine. They run
 * from their sources, or are the executables in the folder.
 *
 * @module
 */

import { toStdout, written } from "../lib/cli/write.ts";
import { runDemo } from "./support/demo.ts";
import { executablesIn, FROM_SOURCE } from "./support/program.ts";

if (import.meta.main) {
  const [folder] = Deno.args;
  const programs = folder === undefined ? FROM_SOURCE : executablesIn(folder);
  const isPerfect = await runDemo(programs, (line) => toStdout(`${line}\n`));
  await written();
  Deno.exit(isPerfect ? 0 : 1);
}
