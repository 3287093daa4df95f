/**
 * The client: `bittrickle-client [host:]<port> [command …]`.
 *
 * @module
 */

import { runClient } from "./lib/cli/client_program.ts";
import { exitCodeOf } from "./lib/cli/exit_code.ts";
import {
  CLIENT_USAGE,
  type ClientFlags,
  parseClientFlags,
  type TextFlag,
} from "./lib/cli/flags.ts";
import { VERSION } from "./lib/cli/version.ts";
import { toStderr, toStdout } from "./lib/cli/write.ts";
import { reasonOf } from "./lib/errors.ts";

async function run(flags: ClientFlags | TextFlag): Promise<number> {
  if (typeof flags === "object") return await runClient(flags);
  toStdout(flags === "help" ? `${CLIENT_USAGE}\n` : `bittrickle-client ${VERSION}\n`);
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await run(parseClientFlags(Deno.args)));
  } catch (error) {
    toStderr(`${reasonOf(error)}\n`);
    Deno.exit(exitCodeOf(error));
  }
}
