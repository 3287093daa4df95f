/**
 * A process on a host of its own, to which faults happen.
 *
 * @module
 */

import type { NetworkHost } from "../support/namespaces.ts";
import type { FaultKind } from "./nemesis_plan.ts";

/** A node of etcd, or a server. */
export abstract class Victim implements AsyncDisposable {
  #process: Deno.ChildProcess | undefined;

  constructor(readonly name: string, readonly host: NetworkHost) {}

  /** Starts it, with what it has. */
  start(): void {
    const [name, ...args] = this.host.command(this.command());
    const { env } = this;
    const options = { args, env, stdin: "null", stdout: "null", stderr: "null" } as const;
    this.#process = new Deno.Command(name!, options).spawn();
  }

  /** What begins a fault. */
  async begin(kind: FaultKind): Promise<void> {
    if (kind === "kill") await this.kill();
    else if (kind === "stop") this.#process!.kill("SIGSTOP");
    else if (kind === "link") await this.host.unplug();
  }

  /** What ends it. */
  async end(kind: FaultKind): Promise<void> {
    if (kind === "kill") this.start();
    else if (kind === "stop") this.#process!.kill("SIGCONT");
    else if (kind === "link") await this.host.plug();
  }

  /** Waits until the process is there no more. */
  protected async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    try {
      process?.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await process?.status;
  }

  /** The command line. */
  protected abstract command(): readonly string[];
  protected readonly env: Readonly<Record<string, string>> = {};

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
