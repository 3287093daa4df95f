/**
 * The index server: `bittrickle-server <port>`, `bittrickle-server user …`, `… invite …`, `… admin …`,
 * `… data …`, `… fleet …`, `… status`.
 *
 * @module
 */

import { exitCodeOf } from "./lib/cli/exit_code.ts";
import { onUncaught } from "./lib/cli/last_resort.ts";
import { answerRequest, answerText, type TextAnswer } from "./lib/cli/manual/text_answer.ts";
import { parseServerLine } from "./lib/server/flags/command_line.ts";
import { surviveHangUp } from "./lib/cli/interrupt.ts";
import { SERVER_MANUAL } from "./lib/server/manual.ts";
import { toStderr, toStdout, written } from "./lib/cli/write.ts";
import { BitTrickleError, messageOf } from "./lib/errors.ts";
import { escapeText } from "./lib/protocol/escape.ts";

async function run(args: readonly string[]): Promise<void> {
  const text = await answerText(SERVER_MANUAL, args);
  if (text) print(text);
  else await runLine(args);
}

/** Runs what `args` say, for which most is loaded: a command does not wait for the server. */
async function runLine(args: readonly string[]): Promise<void> {
  const flags = parseServerLine(args);
  if ("asks" in flags) {
    print(answerRequest(SERVER_MANUAL, { ...flags, arguments: args }));
  } else if ("isWatched" in flags) {
    await (await import("./lib/server/status/status_command.ts")).runStatusCommand(flags);
  } else if ("action" in flags) {
    await (await import("./lib/server/accounts/user_command.ts")).runUserCommand(flags);
  } else if ("newClusterKey" in flags) {
    await (await import("./lib/server/fleet/fleet_command.ts")).runFleetCommand(flags);
  } else if ("administer" in flags) {
    await (await import("./lib/server/accounts/admin_command.ts")).runAdminCommand(flags);
  } else if ("data" in flags && "task" in flags) {
    await (await import("./lib/server/data/data_command.ts")).runDataCommand(flags);
  } else if ("task" in flags) {
    await (await import("./lib/server/accounts/invite_command.ts")).runInviteCommand(flags);
  } else if (flags.isCheck) {
    await (await import("./lib/server/check_command.ts")).checkServer(flags);
  } else {
    await (await import("./lib/server/server_program.ts")).runServer(flags);
    await written(AbortSignal.abort()); // Whoever reads the log may have stopped to.
  }
}

function print({ lines }: TextAnswer): void {
  toStdout(`${lines.join("\n")}\n`);
}

function report(error: unknown): number {
  if (!isReaderGone(error)) toStderr(`${escapeText(messageOf(error))}\n`);
  return exitCodeOf(error);
}

async function reportLast(error: unknown): Promise<number> {
  const code = report(error);
  await written(AbortSignal.abort()).catch(() => {});
  return code;
}

/** Whether nobody reads the output any more, as after `data export | head`: then nobody is told. */
function isReaderGone(error: unknown): boolean {
  return error instanceof BitTrickleError && error.code === "reader_gone";
}

if (import.meta.main) {
  surviveHangUp();
  onUncaught(report);
  Deno.exit(await run(Deno.args).then(() => written()).then(() => 0, reportLast));
}
