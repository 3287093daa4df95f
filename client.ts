/**
 * The client: `bittrickle-client [host:]<port> [command …]`.
 *
 * @module
 */

import { runClient } from "./lib/client/client_program.ts";
import { CLIENT_USAGE, hasSwitch, parseClientFlags, wantsJson } from "./lib/client/flags.ts";
import type { TextFlag } from "./lib/cli/parse_flags.ts";
import { surviveHangUp } from "./lib/cli/interrupt.ts";
import { Output } from "./lib/client/output.ts";
import { VERSION } from "./lib/cli/version.ts";
import { toStderr, toStdout } from "./lib/cli/write.ts";

const TEXTS: Readonly<Record<TextFlag, string>> = {
  help: CLIENT_USAGE,
  version: `bittrickle-client ${VERSION}`,
};

async function run(args: readonly string[], output: Output): Promise<number> {
  const flags = parseClientFlags(args);
  if (typeof flags === "object") return await runClient(flags, output);
  const text = TEXTS[flags];
  return output.outcome(flags, { lines: text.split("\n"), fields: { [flags]: text } });
}

if (import.meta.main) {
  surviveHangUp();
  const output = new Output({
    json: wantsJson(Deno.args),
    quiet: hasSwitch(Deno.args, "quiet"),
    stdout: toStdout,
    stderr: toStderr,
  });
  Deno.exit(await run(Deno.args, output).catch((error) => output.error(error)));
}
