/**
 * What clients have published, by what they were told.
 *
 * @module
 */

/** A published file whose content is known. */
export interface PublishedFile {
  readonly name: string;
  readonly owner: string;
  readonly size: number;
  readonly sha256: string;
}

/** What has to be found, and what may be. */
export class PublishedModel {
  readonly #files: PublishedFile[] = [];
  readonly #begun = new Set<string>();

  /** Files whose publication was answered. */
  get files(): readonly PublishedFile[] {
    return this.#files;
  }

  /** Notes that `name` may be found from now on. */
  begin(name: string): void {
    this.#begun.add(name);
  }

  /** Notes that `file` has to be found from now on. */
  add(file: PublishedFile): void {
    this.#files.push(file);
  }

  /** Names that have to be found now with `owner`. */
  namesOf(owner: string): string[] {
    return this.#files.filter((file) => file.owner === owner).map(({ name }) => name);
  }

  /** Whether somebody has published `name`, or is about to. */
  mayBeFound(name: string): boolean {
    return this.#begun.has(name);
  }
}
