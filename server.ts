/**
 * The index server: `bittrickle-server <port>`, `bittrickle-server user …`, `… invite …`, `… data …`.
 *
 * @module
 */

import { runDataCommand } from "./lib/server/data_command.ts";
import { parseDataFlags } from "./lib/server/data_flags.ts";
import { exitCodeOf } from "./lib/cli/exit_code.ts";
import { parseServerFlags, parseUserFlags, SERVER_USAGE } from "./lib/server/flags.ts";
import { runInviteCommand } from "./lib/server/invite_command.ts";
import { parseInviteFlags } from "./lib/server/invite_flags.ts";
import { surviveHangUp } from "./lib/cli/interrupt.ts";
import { runServer } from "./lib/server/server_program.ts";
import { runUserCommand } from "./lib/server/user_command.ts";
import { VERSION } from "./lib/cli/version.ts";
import { toStderr, toStdout } from "./lib/cli/write.ts";
import { BitTrickleError, reasonOf } from "./lib/errors.ts";
import { escapeText } from "./lib/protocol/escape.ts";

async function run(args: readonly string[]): Promise<void> {
  const flags = parse(args);
  if (flags === "help") toStdout(`${SERVER_USAGE}\n`);
  else if (flags === "version") toStdout(`bittrickle-server ${VERSION}\n`);
  else if ("action" in flags) await runUserCommand(flags);
  else if ("task" in flags) {
    await ("data" in flags ? runDataCommand(flags) : runInviteCommand(flags));
  } else await runServer(flags);
}

function parse([first, ...rest]: readonly string[]) {
  if (first === "user") return parseUserFlags(rest);
  if (first === "invite") return parseInviteFlags(rest);
  return first === "data" ? parseDataFlags(rest) : parseServerFlags(Deno.args);
}

/** Whether nobody reads the output any more, as after `data export | head`: then nobody is told. */
function isReaderGone(error: unknown): boolean {
  return error instanceof BitTrickleError && error.code === "reader_gone";
}

if (import.meta.main) {
  surviveHangUp();
  try {
    await run(Deno.args);
    Deno.exit(0);
  } catch (error) {
    if (!isReaderGone(error)) toStderr(`${escapeText(reasonOf(error))}\n`);
    Deno.exit(exitCodeOf(error));
  }
}
