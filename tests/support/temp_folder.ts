/**
 * Folders that are gone after the test.
 *
 * @module
 */

import { join } from "@std/path";

/** A folder of its own for one test. */
export class TempFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /**
   * Makes an empty folder.
   *
   * @param dir Where, if not in the system's folder for such
   */
  static async make(dir?: string): Promise<TempFolder> {
    const place = dir === undefined ? {} : { dir };
    return new TempFolder(await Deno.makeTempDir({ prefix: "bittrickle-", ...place }));
  }

  /** The path of `name` in the folder. */
  pathOf(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file and returns its path. */
  async write(name: string, content: Uint8Array | string): Promise<string> {
    const path = this.pathOf(name);
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    return path;
  }

  /** Makes a folder inside and returns its path. */
  async makeFolder(name: string): Promise<string> {
    await Deno.mkdir(this.pathOf(name));
    return this.pathOf(name);
  }

  /** The names in the folder, sorted. */
  async names(): Promise<string[]> {
    return await this.namesIn(".");
  }

  /** The names in a folder inside, sorted. */
  async namesIn(name: string): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(this.pathOf(name)), ({ name }) => name)).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
