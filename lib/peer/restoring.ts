/**
 * Serving again what was published, in the background: for many files it takes seconds, and nobody
 * waits for that.
 *
 * @module
 */

import { withTimeout } from "../async/with_timeout.ts";
import type { Joined } from "./joined.ts";
import type { PeerOptions } from "./peer_options.ts";
import type { SealedPort } from "./sealed_port.ts";
import type { Ask } from "./session/index_session.ts";
import type { Restored } from "./share/republisher.ts";

/** How long it is waited for, in milliseconds: a few files are there before anything else happens. */
const WAIT_MS = 250;

/** What a client restores: after its login, and whenever the index may have forgotten something. */
export class Restoring {
  readonly #options: Pick<PeerOptions, "purpose" | "onRestored">;
  readonly #port: SealedPort;
  #running = 0;
  #last: Promise<Restored | undefined> = Promise.resolve(undefined);

  constructor(options: Pick<PeerOptions, "purpose" | "onRestored">, port: SealedPort) {
    this.#options = options;
    this.#port = port;
  }

  /** Whether anything is being restored at this moment. */
  get isRunning(): boolean {
    return this.#running > 0;
  }

  /** What came of the last time; nothing if there was none. Rejects with what went wrong. */
  get restored(): Promise<Restored | undefined> {
    return this.#last;
  }

  /**
   * Begins to serve what is published, as far as that is the purpose. Resolves when it is done, or goes
   * on in the background.
   *
   * @param isReturn Whether the index may have lost what it knew earlier in this session
   */
  async begin({ session, files, republisher }: Joined, ask: Ask, isReturn: boolean): Promise<void> {
    const { isSealed, catalogue } = session;
    const { purpose = "serve", onRestored } = this.#options;
    // Before anything is told, so that it is known for each publication whether this catalogue had it.
    if (purpose !== "ask" && catalogue !== undefined) files.enterCatalogue(catalogue);
    if (purpose === "serve") {
      await this.#run(async () => {
        // Another client of the folder may publish at any time.
        const opening = isSealed ? this.#port.open(ask) : undefined;
        const restored = await republisher.restore(ask, isReturn, opening);
        if (isReturn) onRestored?.(restored);
        return restored;
      });
    } else if (purpose === "change" && isSealed && !files.isEmpty && !isReturn) {
      this.#port.open(ask).catch(() => {}); // Whoever needs it to be open hears of the failure.
    }
  }

  async #run(work: () => Promise<Restored>): Promise<void> {
    this.#running++;
    this.#last = work().finally(() => this.#running--);
    await withTimeout(this.#last.catch(() => {}), WAIT_MS);
  }
}
