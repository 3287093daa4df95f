/**
 * A folder that is gone when the work in it is done.
 *
 * @module
 */

/** A temporary folder. Disposing of it removes it with everything inside. */
export class TempFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Makes a new one, on whatever disk the system keeps such things. */
  static async create(): Promise<TempFolder> {
    return new TempFolder(await Deno.makeTempDir({ prefix: "bittrickle-bench-" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
