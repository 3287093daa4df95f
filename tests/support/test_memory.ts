/**
 * A client's memory in a file, and what it told of its troubles.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { FileMemory } from "../../lib/peer/share/file_memory.ts";
import type { FileState } from "../../lib/peer/share/file_state.ts";

/** The state of every file in it. */
export const STATE: FileState = { size: 1, modified: 2n, changed: 3n, inode: 4n };

/** An open memory. */
export class TestMemory implements Disposable {
  private constructor(readonly memory: FileMemory, readonly troubles: readonly string[]) {}

  /** Opens the memory at `path`. */
  static async open(path: string): Promise<TestMemory> {
    const troubles: string[] = [];
    const memory = await FileMemory.open(path, (trouble) => void troubles.push(trouble));
    return new TestMemory(memory, troubles);
  }

  /** Makes a memory at `path` of `count` files that are published from `place`. */
  static async make(path: string, count = 1): Promise<void> {
    using made = await TestMemory.open(path);
    for (let i = 0; i < count; i++) {
      made.memory.publications.put("place", [{ name: `name ${i}`, isTold: false }]);
    }
    for (let i = 0; i < count; i++) {
      const layer = new Uint8Array(1_000).fill(i);
      made.memory.remember(`/file ${i}`, { id: `id ${i}`, layer, state: STATE });
    }
  }

  /**
   * Makes as if no hash in the memory at `path` had been asked for since 1970, and old ones had been
   * dropped at `cleanedAt` (milliseconds since 1970) for the last time.
   */
  static ageHashes(path: string, cleanedAt = 0): void {
    using db = new DatabaseSync(path);
    db.exec("UPDATE hashes SET used = 0");
    db.prepare("UPDATE cleaned SET at = ?").run(cleanedAt);
  }

  /** How many of the first `count` names are published. */
  published(count: number): number {
    const names = Array.from({ length: count }, (_, i) => `name ${i}`);
    return names.filter((name) => this.memory.publications.get("place", name) !== undefined).length;
  }

  [Symbol.dispose](): void {
    this.memory[Symbol.dispose]();
  }
}
