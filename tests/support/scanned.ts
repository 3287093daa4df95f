/**
 * A folder whose changes are scanned.
 *
 * @module
 */

import type { SharePatterns } from "../../lib/peer/share/ignore_rules.ts";
import type { ScanReply } from "../../lib/peer/watch/scan_job.ts";
import { Scanner } from "../../lib/peer/watch/scanner.ts";
import { TempFolder } from "./temp_folder.ts";

/** How a scan is asked for. */
export interface ScanOptions {
  readonly asked?: string[];
  readonly most?: number;
  /** How much later than now it is, in milliseconds. */
  readonly after?: number;
}

/** After which a folder that was changed is taken for one that is not changed any more. */
export const QUIET = 10_000;

/** A folder whose changes are scanned. */
export class Scanned implements AsyncDisposable {
  private constructor(readonly folder: TempFolder, readonly scanner: Scanner) {}

  static async make(
    files: readonly string[],
    { names = ["."], isExpected = false, ...patterns }:
      & { names?: string[]; isExpected?: boolean }
      & SharePatterns = {},
  ): Promise<Scanned> {
    const folder = await TempFolder.make();
    for (const name of files) await write(folder, name);
    const isFolder = (name: string) => Deno.lstatSync(folder.pathOf(name)).isDirectory;
    const roots = names.map((name) => {
      return { name, path: folder.pathOf(name), isFolder: isFolder(name), isExpected };
    });
    return new Scanned(folder, new Scanner({ folder: folder.path, roots, patterns }));
  }

  /** Scans, and returns the names of files that are there and `-` those of files that are not. */
  scan(options: ScanOptions = {}): string[] {
    return told(this.reply(options));
  }

  reply({ asked = [], most = Infinity, after = 0 }: ScanOptions = {}): ScanReply {
    return this.scanner.scan({ asked, hints: [], most }, Date.now() + after);
  }

  async write(name: string, text = name): Promise<void> {
    await write(this.folder, name, text);
  }

  async remove(name: string): Promise<void> {
    await Deno.remove(this.folder.pathOf(name), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** The names of files that are there, and `-` those of files that are not. */
export function told({ seen }: ScanReply): string[] {
  return seen.map(({ name, state }) => state === undefined ? `-${name}` : name).sort();
}

async function write(folder: TempFolder, name: string, text = name): Promise<void> {
  const slash = name.lastIndexOf("/");
  if (slash > 0) await Deno.mkdir(folder.pathOf(name.slice(0, slash)), { recursive: true });
  await folder.write(name, text);
}
