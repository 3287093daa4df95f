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
import type { ServeFlags } from "./lib/server/flags/serve_flags.ts";
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
  const line = parseServerLine(args);
  switch (line.task) {
    case "text":
      return print(answerRequest(SERVER_MANUAL, { ...line.flags, arguments: args }));
    case "status": {
      const { runStatusCommand } = await import("./lib/server/status/status_command.ts");
      return await runStatusCommand(line.flags);
    }
    case "user": {
      const { runUserCommand } = await import("./lib/server/accounts/user_command.ts");
      return await runUserCommand(line.flags);
    }
    case "admin": {
      const { runAdminCommand } = await import("./lib/server/accounts/admin_command.ts");
      return await runAdminCommand(line.flags);
    }
    case "invite": {
      const { runInviteCommand } = await import("./lib/server/accounts/invite_command.ts");
      return await runInviteCommand(line.flags);
    }
    case "fleet": {
      const { runFleetCommand } = await import("./lib/server/fleet/fleet_command.ts");
      return await runFleetCommand(line.flags);
    }
    case "data": {
      const { runDataCommand } = await import("./lib/server/data/data_command.ts");
      return await runDataCommand(line.flags);
    }
    case "serve":
      return await serve(line.flags);
    default:
      line satisfies never;
  }
}

async function serve(flags: ServeFlags): Promise<void> {
  if (flags.isCheck) {
    const { checkServer } = await import("./lib/server/check_command.ts");
    return await checkServer(flags);
  }
  const { runServer } = await import("./lib/server/server_program.ts");
  await runServer(flags);
  await written(AbortSignal.abort()); // Whoever reads the log may have stopped to.
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
