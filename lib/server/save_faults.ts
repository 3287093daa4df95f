/**
 * Whether all that a server of a fleet has to save is saved, told as one state.
 *
 * @module
 */

/** What is saved. */
export type Saved = "publications" | "sessions";

/** Hears of the state of all together. */
export interface SaveFaultWatcher {
  readonly onFault: (reason: string) => void;
  readonly onRecovery: () => void;
}

/** Joins faults into one, which lasts until there is none. */
export class SaveFaults {
  readonly #watcher: SaveFaultWatcher;
  readonly #faulty = new Set<Saved>();

  constructor(watcher: SaveFaultWatcher) {
    this.#watcher = watcher;
  }

  /** Takes in why `saved` cannot be saved, or that it can. */
  note(saved: Saved, reason: string | undefined): void {
    const wasFaulty = this.#faulty.size > 0;
    if (reason === undefined) this.#faulty.delete(saved);
    else this.#faulty.add(saved);
    if (!wasFaulty && reason !== undefined) this.#watcher.onFault(reason);
    if (wasFaulty && this.#faulty.size === 0) this.#watcher.onRecovery();
  }
}
