import { assert, assertEquals } from "@std/assert";
import { canRun } from "../support/permission.ts";
import { Network } from "../support/network.ts";
import { waitFor } from "../support/wait_for.ts";

const ON_TERMINAL = { ignore: !await canRun("tmux", "-V") };

/** A terminal of 80 by 24 in which a person types to a client. */
class Screen implements AsyncDisposable {
  readonly #socket = `bittrickle-test-${crypto.randomUUID()}`;

  static async open(network: Network): Promise<Screen> {
    const screen = new Screen();
    await Deno.mkdir(network.home.pathOf("hans"));
    const client = [...network.programs.client, String(network.port)].join(" ");
    const folder = network.home.pathOf("hans");
    const shell = `cd ${folder} && ${client}; echo "exit code $?"; read`;
    await screen.#tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", shell);
    return screen;
  }

  /** Presses keys, named as tmux names them. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Waits until the screen shows `text`, and returns all of it. */
  async shows(text: string): Promise<string> {
    let screen = "";
    await waitFor(`"${text}" on the screen`, async () => {
      screen = await this.#tmux("capture-pane", "-p");
      return screen.includes(text);
    }).catch((error) => {
      throw new Error(`${error.message}; it shows:\n${screen}`);
    });
    return screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: string[]): Promise<string> {
    const command = new Deno.Command("tmux", { args: ["-L", this.#socket, ...args] });
    return new TextDecoder().decode((await command.output()).stdout);
  }
}

async function logIn(screen: Screen): Promise<void> {
  await screen.shows("Enter username:");
  await screen.press("hans", "Enter");
  await screen.shows("Enter password:");
  await screen.press("pw-hans", "Enter");
  await screen.shows("Available commands are: get, lap, lpf, pub, sch, unp, xit");
}

Deno.test(
  "on a terminal the password is hidden, there and in the history",
  ON_TERMINAL,
  async () => {
    await using network = await Network.start();
    await using screen = await Screen.open(network);
    await logIn(screen);
    await screen.press("lap", "Enter");
    await screen.shows("No active peers");
    await screen.press("Up", "Up", "Home", "x");
    const shown = await screen.shows("> x");
    assert(!shown.includes("pw-hans") && !shown.includes("xhans"));
  },
);

Deno.test("Tab completes commands, Up recalls them, Ctrl-C leaves", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await logIn(screen);
  await screen.press("lp");
  await screen.shows("> lp");
  await screen.press("Tab");
  await screen.shows("> lpf");
  await screen.press("Enter");
  await screen.shows("No files published");
  await screen.press("Up");
  await screen.press("C-c");
  const end = await screen.shows("exit code 130");
  assertEquals(end.split("\n").filter((line) => line === "Goodbye!").length, 1);
});

Deno.test("Ctrl-D leaves like xit", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await logIn(screen);
  await screen.press("C-d");
  await screen.shows("exit code 0");
});
