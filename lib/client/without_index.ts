/**
 * What a command line comes to that needs no index, or lacks one.
 *
 * @module
 */

import { usage } from "../cli/parse_flags.ts";
import { BUILD } from "../cli/version.ts";
import { knownServersIn, stateFolder } from "../peer/session/known_servers_file.ts";
import { checkOneShot } from "./check_one_shot.ts";
import type { ClientFlags } from "./flags.ts";
import type { Outcome } from "./outcome.ts";
import type { Output } from "./output.ts";

// The whole manual comes with it.
const loadHelp = () => import("./help.ts");

/**
 * Runs what needs no index, and returns the exit code; nothing for a command line that has one and
 * needs it.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function runWithoutIndex(
  flags: ClientFlags,
  output: Output,
): Promise<number | undefined> {
  const { command, index, configuration } = flags;
  if (command?.verb === "help") {
    return output.outcome("help", (await loadHelp()).oneShotHelp(command.args[0]));
  }
  if (command?.verb === "xit" && command.args.length === 0) return 0;
  if (command) checkOneShot(command, flags);
  switch (command?.verb) {
    case "config": {
      const { configOutcome } = await import("./config_command.ts");
      return output.outcome("config", configOutcome(command.args, configuration));
    }
    case "discover":
      return output.outcome("discover", await discoverIndexes(output));
    case "upgrade": {
      const { checkUpgrade } = await import("./upgrade_command.ts");
      const page = Deno.env.get("BITTRICKLE_RELEASES") || BUILD.releases;
      return output.outcome("upgrade", await checkUpgrade(command.flags.check ?? false, page));
    }
  }
  return index ? undefined : await lacksIndex(flags, output);
}

async function discoverIndexes(output: Output): Promise<Outcome> {
  const { discover } = await import("./discover_command.ts");
  return await discover(knownServersIn(stateFolder(), (note) => output.remark(note)));
}

/** Whoever types no index may not know which there are. */
async function lacksIndex({ command }: ClientFlags, output: Output): Promise<number> {
  if (!command) {
    for (const line of (await loadHelp()).shortUsage()) output.note(line);
    if (Deno.stdin.isTerminal()) {
      for (const line of (await discoverIndexes(output)).lines) output.note(line);
    }
  }
  const advice = "write host:port, or configure one; `bittrickle-client discover` looks for some";
  return output.error(usage(`no index is named: ${advice}`), command?.verb);
}
