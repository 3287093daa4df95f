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
import { isTextCommand } from "./lib/cli/manual/manual.ts";
import type { TextAnswer } from "./lib/cli/manual/text_answer.ts";
import { Output } from "./lib/client/output.ts";
import { isStdoutFull, toStderr, toStdout, written } from "./lib/cli/write.ts";

async function run(args: readonly string[], output: Output, area: LiveArea): Promise<number> {
  // What only some command lines need is loaded for those: most of a start is loading.
  const loadHelp = () => import("./lib/client/help.ts");
  const text = args.some(isTextCommand) && await (await loadHelp()).oneShotText(args);
  if (text) return print(text, output);
  const flags = parseClientFlags(args);
  if ("asks" in flags) return print((await loadHelp()).requestedText(flags), output);
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
    isFull: isStdoutFull,
  });
  onUncaught((error) => output.error(error));
  const code = await run(Deno.args, output, area).catch((error) => output.error(error));
  await written().catch(() => {}); // The output knows why.
  Deno.exit(output.exitCode(code));
}
