/**
 * What the service manager is told of a server.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { notifyService, watchdogInterval } from "../cli/service_notice.ts";

/** Tells the service manager how the server is, in order, and that its event loop turns. */
export class ServiceNotices implements AsyncDisposable {
  readonly #onFault: (reason: string) => void;
  readonly #watchdog: ReturnType<typeof setInterval> | undefined;
  #told: Promise<void> = Promise.resolve();
  #hasFailed = false;

  /** @param onFault Hears why the service manager cannot be told, once */
  constructor(onFault: (reason: string) => void) {
    this.#onFault = onFault;
    const interval = watchdogInterval();
    if (interval !== undefined) {
      this.#watchdog = setInterval(() => this.#tell("WATCHDOG=1"), interval);
    }
  }

  /** The server answers. */
  ready(): void {
    this.#tell("READY=1");
  }

  /** The server reads its files again in `reload`. */
  reloading(reload: () => void): void {
    this.#tell("RELOADING=1");
    reload();
    this.#tell("READY=1");
  }

  /** The server was asked to stop. */
  stopping(): void {
    this.#tell("STOPPING=1");
  }

  /** Waits until all is told. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watchdog);
    await this.#told;
  }

  #tell(state: string): void {
    this.#told = this.#told.then(() => notifyService(state)).catch((error) => {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      this.#onFault(reasonOf(error));
    });
  }
}
