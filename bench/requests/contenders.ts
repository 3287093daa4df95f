/**
 * Everybody who answers requests in this benchmark.
 *
 * @module
 */

import { Child } from "../child.ts";
import { Contender, type ContenderOptions, freePort } from "./contender.ts";
import { TRACKED_FILE } from "./tracker_asker.ts";
import { credentialsText } from "./users.ts";

/** Turns that the server's loop has under way at once: what the bare echo does too. */
export const LOOPS = 8;

const MEMORY = ":memory:";

/** Starts contenders, with files in one folder, and ends them. */
export class Contenders implements AsyncDisposable {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #started = new AsyncDisposableStack();

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** A bare echo, or whoever only receives. */
  async echo(loops: number, isSilent = false): Promise<Contender> {
    const args = ["0", String(loops), ...isSilent ? ["silent"] : []];
    const server = Child.start("requests/echo.ts", args, this.#signal);
    return await this.#ask(server, { kind: "echo", isSilent });
  }

  /** The real server. */
  async server(kind: "plain" | "sealed", { log = "off", data = "" } = {}): Promise<Contender> {
    const name = `${this.#folder}/${kind}-${log}${data}`;
    await Deno.writeTextFile(`${name}.txt`, credentialsText());
    const flags = ["--credentials", `${name}.txt`, "--data", data ? `${name}.db` : MEMORY];
    const port = freePort();
    const args = [String(port), "--log", log, ...flags];
    const server = Child.startWritingTo(`${name}.log`, "../server.ts", args, this.#signal);
    return await this.#ask(server, { kind, port });
  }

  /** The tracker opentracker, if it is installed. */
  async tracker(): Promise<Contender | undefined> {
    if (!await isInstalled("opentracker")) return undefined;
    const folder = `${this.#folder}/tracker`;
    await Deno.mkdir(folder);
    await Deno.chmod(this.#folder, 0o755);
    const [tcp, udp] = [freePort(), freePort()].map(String) as [string, string];
    await Deno.writeTextFile(`${folder}/files`, `${TRACKED_FILE}\n`);
    const files = Deno.uid() === 0 ? "/files" : `${folder}/files`; // For root it changes its root.
    const address = ["-i", "127.0.0.1", "-p", tcp, "-P", udp];
    const args = [...address, "-u", "nobody", "-d", folder, "-w", files];
    const server = Child.startProgram("opentracker", args, this.#signal);
    return await this.#ask(server, { kind: "tracker" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started.disposeAsync();
  }

  async #ask(server: Child, options: Omit<ContenderOptions, "signal">): Promise<Contender> {
    const contender = await Contender.start(server, { ...options, signal: this.#signal });
    return this.#started.use(contender);
  }
}

async function isInstalled(program: string): Promise<boolean> {
  const command = new Deno.Command("sh", { args: ["-c", `command -v ${program}`] });
  return (await command.output()).success;
}
