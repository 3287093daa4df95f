/**
 * Scripts by which shells complete the commands and flags of a program. They are static: nothing that
 * anybody else has named is ever in them.
 *
 * @module
 */

import { bashScript } from "./completion_bash.ts";
import { fishScript } from "./completion_fish.ts";
import { powershellScript } from "./completion_powershell.ts";
import { type CompletionRules, completionRules } from "./completion_rules.ts";
import { zshScript } from "./completion_zsh.ts";
import type { ProgramManual } from "./manual.ts";

/** The shells, as they are named on a command line. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** One of them. */
export type ShellName = typeof SHELLS[number];

const SCRIPTS: Readonly<Record<ShellName, (rules: CompletionRules) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** Whether `text` names a shell. */
export function isShellName(text: string): text is ShellName {
  return (SHELLS as readonly string[]).includes(text);
}

/** The lines of the script for a shell. */
export function completionScript(manual: ProgramManual, shell: ShellName): string[] {
  return SCRIPTS[shell](completionRules(manual)).trimEnd().split("\n");
}
