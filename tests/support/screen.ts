/**
 * A real terminal, on which a person types to a client. It takes tmux.
 *
 * @module
 */

import type { Network } from "./network.ts";
import { waitFor } from "./wait_for.ts";

/** A terminal of 80 by 24 in which a person types to a client. */
export class Screen implements AsyncDisposable {
  readonly #socket = `bittrickle-test-${crypto.randomUUID()}`;

  /** Starts a client in the folder of hans. */
  static async open(network: Network): Promise<Screen> {
    const screen = new Screen();
    await Deno.mkdir(network.home.pathOf("hans"));
    const client = [...network.programs.client, String(network.port)].join(" ");
    const folder = network.home.pathOf("hans");
    const state = network.home.pathOf("state");
    const shell = `cd ${folder} && XDG_STATE_HOME=${state} ${client}; echo "exit code $?"; read`;
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

  /** Logs hans in. */
  async logIn(): Promise<void> {
    await this.shows("Enter username:");
    await this.press("hans", "Enter");
    await this.shows("Enter password:");
    await this.press("pw-hans", "Enter");
    await this.shows("Available commands are: get, lap, lpf, pub, sch, unp, xit");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: string[]): Promise<string> {
    const command = new Deno.Command("tmux", { args: ["-L", this.#socket, ...args] });
    return new TextDecoder().decode((await command.output()).stdout);
  }
}
