/**
 * The client: `bittrickle-client [index] [command …]`.
 *
 * @module
 */

import { hasSwitch, parseClientFlags, wantsJson } from "./lib/client/flags.ts";
import { LiveArea } from "./lib/cli/live_area.ts";
import { openScreen, outputColumns } from "./lib/cli/screen.ts";
import { surviveHangUp } from "./lib/cli/interrupt.ts";
import { onUncaught } from "./lib/cli/last_resort.ts";
import { answerRequest, answerText, type TextAnswer } from "./lib/cli/manual/text_answer.ts";
import { CLIENT_MANUAL } from "./lib/client/manual.ts";
import { Output } from "./lib/client/output.ts";
import { toStderr, toStdout } from "./lib/cli/write.ts";

async function run(args: readonly string[], output: Output, area: LiveArea): Promise<number> {
  const text = await answerText(CLIENT_MANUAL, args);
  if (text) return print(text, output);
  const flags = parseClientFlags(args);
  if ("asks" in flags) return print(answerRequest(CLIENT_MANUAL, flags), output);
  // Help, completion and --version need none of it, and it takes most of the time of a start.
  const { runClient } = await import("./lib/client/client_program.ts");
  return await runClient(flags, output, area);
}

function print({ verb, lines }: TextAnswer, output: Output): number {
  return output.outcome(verb, { lines, fields: { [verb]: lines.join("\n") } });
}

if (import.meta.main) {
  surviveHangUp();
  const area = new LiveArea(openScreen());
  const output = new Output({
    json: wantsJson(Deno.args),
    quiet: hasSwitch(Deno.args, "quiet"),
    columns: outputColumns,
    stdout: Deno.stdout.isTerminal() ? area.around(toStdout) : toStdout,
    stderr: area.around(toStderr),
  });
  onUncaught((error) => output.error(error));
  Deno.exit(await run(Deno.args, output, area).catch((error) => output.error(error)));
}
