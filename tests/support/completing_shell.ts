/**
 * A shell on a real terminal that has loaded the completion of both programs. It takes tmux.
 *
 * @module
 */

import { completionScript, type ShellName } from "../../lib/cli/manual/completion.ts";
import type { ProgramManual } from "../../lib/cli/manual/manual.ts";
import { CLIENT_MANUAL } from "../../lib/client/manual.ts";
import { SERVER_MANUAL } from "../../lib/server/manual.ts";
import { canRun } from "./permission.ts";
import { HAS_TERMINAL } from "./screen.ts";
import { systemCommand } from "./system_command.ts";
import { TempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

/** How long a shell takes to answer at most, in milliseconds; zsh makes its tables at its start. */
const ANSWER_MS = 30_000;
const PROMPT = "$ ";

/** What is started, and the file that it reads first, with what is in it but the two scripts. */
interface Start {
  readonly command: (folder: string) => string;
  readonly file: string;
  readonly lines: readonly string[];
}

/** The shells that can be tested. Nothing of the user's is read, and no other package's completion. */
const STARTS: Readonly<Record<Exclude<ShellName, "powershell">, Start>> = {
  bash: {
    command: (folder) => `exec bash --noprofile --rcfile ${folder}/rc -i`,
    file: "rc",
    lines: ["bind 'set enable-bracketed-paste off'", `PS1='${PROMPT}'`],
  },
  zsh: {
    command: (folder) => `exec env ZDOTDIR=${folder} zsh --no-globalrcs -i`,
    file: ".zshrc",
    lines: [
      "autoload -Uz compinit && compinit -D",
      `PROMPT='${PROMPT}'`,
      "unset zle_bracketed_paste",
    ],
  },
  fish: {
    command: (folder) => `exec fish --no-config --private -i -C "source ${folder}/rc"`,
    file: "rc",
    lines: [
      "set -g fish_greeting",
      "set -g fish_autosuggestion_enabled 0",
      `function fish_prompt; printf '${PROMPT}'; end`,
    ],
  },
};

/** Whether a shell can be tested. */
export async function hasShell(shell: keyof typeof STARTS): Promise<boolean> {
  return HAS_TERMINAL && await canRun(shell, "--version");
}

/** A person's shell. */
export class CompletingShell implements AsyncDisposable {
  private constructor(private readonly home: TempFolder, private readonly socket: string) {}

  /**
   * Starts a shell in a folder that holds nothing but `files`; those that end in / are folders.
   *
   * @param manuals The programs. @default both
   */
  static async open(
    shell: keyof typeof STARTS,
    files: readonly string[],
    manuals: readonly ProgramManual[] = [CLIENT_MANUAL, SERVER_MANUAL],
  ): Promise<CompletingShell> {
    const home = await TempFolder.make();
    const { command, file, lines } = STARTS[shell];
    const scripts = manuals.flatMap((it) => completionScript(it, shell));
    await home.makeFolder("config");
    await home.write(`config/${file}`, [...lines, ...scripts, ""].join("\n"));
    const work = await home.makeFolder("work");
    for (const name of files) {
      if (name.endsWith("/")) await home.makeFolder(`work/${name}`);
      else await home.write(`work/${name}`, "");
    }
    const opened = new CompletingShell(home, home.pathOf("tmux"));
    const size = ["-x", "100", "-y", "40"];
    const start = command(home.pathOf("config"));
    await opened.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", work, start);
    await opened.#comesTo("a prompt", (text) => text.trimEnd().endsWith(PROMPT.trimEnd()));
    return opened;
  }

  /** The names in its folder. */
  async names(): Promise<string[]> {
    return await this.home.namesIn("work");
  }

  /** Types `line` and Tab, and waits until it reads `expected`. */
  async completes(line: string, expected: string): Promise<void> {
    await this.#type(line, "Tab");
    await this.#typed(expected);
    await this.#clear();
  }

  /** Types `line` and Tab, and checks that nothing came of it. */
  async leaves(line: string): Promise<void> {
    await this.#type(line, "Tab");
    await this.#type("|");
    await this.#typed(`${line}|`);
    await this.#clear();
  }

  /** Types `line` and Tab twice, and waits until the screen shows all of `words`. */
  async offers(line: string, words: readonly string[]): Promise<string> {
    await this.#type(line, "Tab", "Tab");
    const text = await this.#comesTo(words.join(", "), (text) => {
      const shown = text.split(/\s+/);
      return words.every((word) => shown.includes(word));
    });
    await this.#clear();
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const shell = (await this.#tmux("display-message", "-p", "#{pane_pid}")).trim();
    await this.#tmux("kill-server");
    // What it still writes at its end would be in a folder that is being removed.
    await waitFor(
      "the end of the shell",
      async () => !await canRun("kill", "-0", shell),
      ANSWER_MS,
    );
    await this.home[Symbol.asyncDispose]();
  }

  async #type(text: string, ...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
    if (keys.length > 0) await this.#tmux("send-keys", ...keys);
  }

  async #typed(expected: string): Promise<void> {
    const line = PROMPT + expected;
    // The screen does not tell whether there is a blank at the end of a line: the cursor does.
    await this.#comesTo(`"${line}"`, async (text) => {
      const rows = text.split("\n");
      const [column, row] = await this.#cursor();
      return rows[row]?.trimEnd() === line.trimEnd() && column === line.length;
    });
  }

  async #clear(): Promise<void> {
    await this.#tmux("send-keys", "C-u", "C-l");
    await this.#comesTo("an empty screen", (text) => text.trim() === PROMPT.trim());
  }

  async #cursor(): Promise<[column: number, row: number]> {
    const place = await this.#tmux("display-message", "-p", "#{cursor_x} #{cursor_y}");
    const [column = NaN, row = NaN] = place.split(" ").map(Number);
    return [column, row];
  }

  async #comesTo(
    what: string,
    isRight: (text: string) => boolean | Promise<boolean>,
  ): Promise<string> {
    let text = "";
    await waitFor(what, async () => {
      return await isRight(text = await this.#tmux("capture-pane", "-p"));
    }, ANSWER_MS).catch((error) => {
      throw new Error(`${error.message}; the screen shows:\n${text}`);
    });
    return text;
  }

  async #tmux(...args: string[]): Promise<string> {
    return await systemCommand("tmux", "-S", this.socket, "-u", ...args);
  }
}
