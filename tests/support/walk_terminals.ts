/**
 * Terminals in which a walk is taken, by a person who has never used this before. They take tmux and
 * bash.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { LOOK_MS, rowsOf, Screen } from "./screen.ts";
import { systemCommand } from "./system_command.ts";
import { TempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";
import { CTRL_C, isShown, type Step } from "./walk.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** How long a program may take to answer, in milliseconds: it starts, and a password is stretched. */
const ANSWER_MS = 60_000;

/** As wide as the terminals of the README are. */
export const WALK_COLUMNS = 80;
const ROWS = 24;

/** A machine of a walk: where its user is at home, and what runs a command there. */
export interface Machine {
  readonly home: TempFolder;
  readonly inside: readonly string[];
}

/** Where the steps are typed. */
export class WalkTerminals implements AsyncDisposable {
  private constructor(
    /** In the order of their numbers. */
    readonly screens: readonly Screen[],
    private readonly home?: TempFolder,
  ) {}

  /** Opens terminals of so many `rows` each in the folder of the repository. */
  static async open(rows: readonly number[]): Promise<WalkTerminals> {
    const home = await TempFolder.make();
    const setup = await setupIn(home);
    const screens: Screen[] = [];
    for (const count of rows) {
      screens.push(await Screen.shell(home, ROOT, setup, { columns: WALK_COLUMNS, rows: count }));
    }
    return new WalkTerminals(screens, home);
  }

  /** Opens a terminal on each of `machines`, where the two programs are installed. */
  static async at(machines: readonly Machine[]): Promise<WalkTerminals> {
    const screens: Screen[] = [];
    for (const { home, inside } of machines) {
      const setup = [...await setupIn(home), `PATH=${home.pathOf(".programs")}:$PATH`];
      const size = { columns: WALK_COLUMNS, rows: ROWS };
      screens.push(await Screen.shell(home, home.path, setup, { ...size, inside }));
    }
    return new WalkTerminals(screens);
  }

  /**
   * Types what `step` says once its terminal waits for it, and waits until all is shown.
   *
   * @param onTyped Called when it is typed, and nothing has come of it
   */
  async take({ terminal, prompt, typed, isHidden, shown }: Step, onTyped?: () => Promise<void>) {
    const screen = this.screens[terminal - 1]!;
    if (typed === CTRL_C) return await this.interrupt(terminal);
    await this.#endsWith(screen, prompt);
    const before = rowsOf(await screen.history()).length;
    await screen.type(typed);
    if (!isHidden) await this.#endsWith(screen, `${prompt} ${typed}`);
    await onTyped?.();
    await screen.press("Enter");
    let rows: string[] = [];
    await waitFor(
      `what follows "${typed}"`,
      async () => {
        rows = rowsOf(await screen.history()).slice(before);
        return isShown(shown, rows);
      },
      ANSWER_MS,
      LOOK_MS,
    ).catch((error) => {
      throw new Error(`${error.message}: ${shown.join("\n")}\nbut it shows:\n${rows.join("\n")}`);
    });
  }

  /** Ends the program that runs in the terminal of this number. */
  async interrupt(terminal: number): Promise<void> {
    const screen = this.screens[terminal - 1]!;
    await screen.press("C-c");
    const isAtPrompt = (text: string) => rowsOf(text).at(-1)?.endsWith("$") === true;
    await screen.comesTo("the end of the program", isAtPrompt, ANSWER_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const screen of this.screens) await screen[Symbol.asyncDispose]();
    await this.home?.[Symbol.asyncDispose]();
  }

  /** Waits until `line` is the last that is shown. */
  async #endsWith(screen: Screen, line: string): Promise<void> {
    let rows: string[] = [];
    await waitFor(
      `"${line}"`,
      async () => {
        rows = rowsOf(await screen.history());
        return rows.at(-1) === line.trimEnd();
      },
      ANSWER_MS,
      LOOK_MS,
    ).catch((error) => {
      throw new Error(`${error.message}; it shows:\n${rows.join("\n")}`);
    });
  }
}

/** A home of nobody's, and an npx that is the Deno that runs the tests: nothing is downloaded. */
async function setupIn(home: TempFolder): Promise<string[]> {
  const deno = Deno.execPath();
  const { denoDir } = JSON.parse(await systemCommand(deno, "info", "--json"));
  return [
    `export HOME=${home.path} DENO_DIR='${denoDir}'`,
    "unset HISTFILE XDG_CONFIG_HOME XDG_STATE_HOME BITTRICKLE_PASSWORD",
    `npx() { shift 2; '${deno}' "$@"; }`,
    "PS1='$ '",
  ];
}
