/**
 * Files as they stand in an archive.
 *
 * @module
 */

/** A file of an archive. */
export interface Entry {
  /** With `/`, relative to the root of the archive. */
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
  /** @default {false} */
  readonly isExecutable?: boolean;
}

/** A file of text. */
export function textEntry(path: string, text: string, isExecutable = false): Entry {
  return { path, content: new TextEncoder().encode(text), isExecutable };
}

/** The entries below the folder `folder`, sorted, so that the same files make the same archive. */
export function below(folder: string, entries: readonly Entry[]): Entry[] {
  const placed = entries.map((entry) => ({ ...entry, path: `${folder}${entry.path}` }));
  return placed.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The folders that `entries` are in, from the outermost in. */
export function foldersOf(entries: readonly Entry[]): string[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
      folders.add(path.slice(0, at + 1));
    }
  }
  return [...folders].sort();
}
