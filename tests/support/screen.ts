/**
 * A real terminal, on which a person types to a client. It takes tmux and bash.
 *
 * @module
 */

import type { Clients } from "./clients.ts";
import { typedIndex } from "./host.ts";
import { canRun } from "./permission.ts";
import { NOT_CONFIGURED } from "./program.ts";
import type { TempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

/** Whether there are terminals. */
export const HAS_TERMINAL: boolean = await canRun("tmux", "-V") &&
  await canRun("bash", "--version");

/** How a {@linkcode Screen} is opened. */
export interface ScreenOptions {
  /** @default {80} */
  readonly columns?: number;
  /** @default {24} */
  readonly rows?: number;
  /** The program, and what it is told. @default the network's client and its port */
  readonly command?: readonly string[];
  /** What is set for the program, as a shell takes it, such as `TERM=dumb`. */
  readonly settings?: string;
  /** Where the program's standard error goes, as a shell takes it. */
  readonly redirection?: string;
  /** The command that starts the shell, such as one that runs it on another machine. */
  readonly inside?: readonly string[];
}

/** How long a pressed key may take to show, in milliseconds. */
const REPEAT_MS = 500;

/** How long a screen is left alone between two looks at it: each of them starts tmux. */
export const LOOK_MS = 25;

/** How long a program may take to show what is waited for, in milliseconds. */
const SHOW_MS = 10_000;

/** Where the cursor is, counted from 0. */
export interface Cursor {
  readonly column: number;
  readonly row: number;
}

/** A terminal in which hans types to a shell, which has a program in its foreground. */
export class Screen implements AsyncDisposable {
  private constructor(
    /** The folder of hans. */
    readonly folder: string,
    private readonly socket: string,
  ) {}

  /** Starts a program in the folder of hans. The shell's prompt is the last exit code. */
  static async open(network: Clients, options: ScreenOptions = {}): Promise<Screen> {
    const { settings = "", redirection = "" } = options;
    const folder = network.home.pathOf("hans");
    await Deno.mkdir(folder, { recursive: true });
    const client = [...network.programs.client, typedIndex(network.port)];
    const command = (options.command ?? client).join(" ");
    const state = `XDG_STATE_HOME=${network.home.pathOf("state")}`;
    const program = `${state} ${settings} ${command} ${redirection}`;
    const setup = [`alias program='${program}'`, "PS1='[$?]$ '"];
    const screen = await Screen.shell(network.home, folder, setup, options);
    await screen.shows("[0]$");
    await screen.press("program", "Enter");
    return screen;
  }

  /** Opens a terminal in which bash has read the lines of `setup` and then runs in `folder`. */
  static async shell(
    home: TempFolder,
    folder: string,
    setup: readonly string[],
    { columns = 80, rows = 24, inside = [] }: Pick<ScreenOptions, "columns" | "rows" | "inside"> =
      {},
  ): Promise<Screen> {
    const name = crypto.randomUUID();
    const screen = new Screen(folder, home.pathOf(name));
    const lines = ["bind 'set enable-bracketed-paste off'", ...setup, ""];
    const settings = await home.write(`${name}.bashrc`, lines.join("\n"));
    const bash = `exec ${[...inside, "bash"].join(" ")} --rcfile ${settings} -i`;
    const size = ["-x", String(columns), "-y", String(rows)];
    await screen.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", folder, bash);
    return screen;
  }

  /** Presses keys, named as tmux names them. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Types `text`, whatever its words are called. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
  }

  /** Pastes `text`, as a person does who has copied it elsewhere. */
  async paste(text: string): Promise<void> {
    await this.#tmux("set-buffer", text);
    await this.#tmux("paste-buffer");
  }

  /** Changes the size of the terminal. */
  async resize(columns: number, rows = 24): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What the screen shows, without what has scrolled off it. */
  async text(): Promise<string> {
    return await this.#tmux("capture-pane", "-p");
  }

  /** All that it has ever shown, with what was too long for one row put together again. */
  async history(): Promise<string> {
    return await this.#tmux("capture-pane", "-p", "-J", "-S", "-");
  }

  /** Writes all that programs send to the terminal from now on to the file at `path`. */
  async record(path: string): Promise<void> {
    await this.#tmux("pipe-pane", `cat >${path}`);
  }

  /** Clears the screen, so that what is waited for next is not what was there before. */
  async clear(): Promise<void> {
    await this.press("C-l");
    await this.comesTo("a clear screen", async () => (await this.cursor()).row === 0);
  }

  /** Where the cursor is. */
  async cursor(): Promise<Cursor> {
    const place = await this.#tmux("display-message", "-p", "#{cursor_x} #{cursor_y}");
    const [column = NaN, row = NaN] = place.split(" ").map(Number);
    return { column, row };
  }

  /** Waits until the screen shows `text`, and returns all of it. */
  async shows(text: string, ms?: number): Promise<string> {
    return await this.comesTo(`"${text}" on the screen`, (screen) => screen.includes(text), ms);
  }

  /** Waits until what the screen shows is `right`, and returns all of it. */
  async comesTo(
    what: string,
    isRight: (screen: string) => boolean | Promise<boolean>,
    ms = SHOW_MS,
  ): Promise<string> {
    let screen = "";
    await waitFor(what, async () => await isRight(screen = await this.text()), ms, LOOK_MS)
      .catch((error) => {
        throw new Error(`${error.message}; it shows:\n${screen}`);
      });
    return screen;
  }

  /** Presses Ctrl-C until the screen shows `text`: one that follows another too soon is the same. */
  async interruptUntil(text: string): Promise<string> {
    let pressedAt = -Infinity;
    return await this.comesTo(`"${text}" by Ctrl-C`, async (screen) => {
      const isThere = screen.includes(text);
      if (!isThere && performance.now() - pressedAt > REPEAT_MS) {
        pressedAt = performance.now();
        await this.press("C-c");
      }
      return isThere;
    });
  }

  /** Logs hans in. */
  async logIn(): Promise<void> {
    await this.shows("Enter username:", 30_000);
    await this.press("hans", "Enter");
    await this.shows("Enter password:");
    await this.press("pw-hans", "Enter");
    await this.shows("Welcome to");
    await this.comesTo("a prompt", (screen) => screen.trimEnd().endsWith("\n>"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: string[]): Promise<string> {
    const env = { LANG: "C.UTF-8", ...NOT_CONFIGURED };
    const command = new Deno.Command("tmux", { args: ["-S", this.socket, "-u", ...args], env });
    return new TextDecoder().decode((await command.output()).stdout);
  }
}

/** The rows of a screen that hold something, without blanks at their ends. */
export function rowsOf(text: string): string[] {
  return text.split("\n").map((row) => row.trimEnd()).filter((row) => row !== "");
}
