/**
 * What of a folder is left out when it is shared as a whole: by patterns of the user, and by files in
 * the folders that hold patterns as those of git do.
 *
 * @module
 */

import ignore, { type Ignore } from "ignore";
import { isOwn } from "./own_names.ts";

/** The file in a folder that says what of it is left out. */
export const IGNORE_FILE = ".bittrickleignore";

/** Largest such file in bytes: a person writes less, and every line costs time for each file. */
export const IGNORE_FILE_BYTES = 65_536;

/** What the user says beside it; the patterns are those of git, from the shared folder on. */
export interface SharePatterns {
  /** Only files that match one of these are shared. @default all */
  readonly include?: readonly string[] | undefined;
  /** What matches one of these is not. @default none */
  readonly exclude?: readonly string[] | undefined;
  /** Names that are never shared, with all that is below. @default none */
  readonly own?: readonly string[] | undefined;
}

/** Patterns, and the folder in which they count. */
interface Level {
  readonly prefix: string;
  readonly patterns: Ignore;
}

/** As git does on the same systems. */
const IGNORES_CASE = Deno.build.os === "windows" || Deno.build.os === "darwin";

/** The rules for what is in one folder. */
export class IgnoreRules {
  readonly #own: readonly string[];
  readonly #included: Ignore | undefined;
  readonly #excluded: Ignore;
  /** Those of the folder itself first, then those of the folders around it. */
  readonly #levels: readonly Level[];

  private constructor(
    own: readonly string[],
    included: Ignore | undefined,
    excluded: Ignore,
    levels: readonly Level[],
  ) {
    this.#own = own;
    this.#included = included;
    this.#excluded = excluded;
    this.#levels = levels;
  }

  /** The rules for the shared folder, as far as they stand in no file. */
  static of({ include = [], exclude = [], own = [] }: SharePatterns = {}): IgnoreRules {
    const included = include.length > 0 ? patternsIn(include) : undefined;
    return new IgnoreRules(own, included, patternsIn(exclude), []);
  }

  /**
   * The rules in the folder whose names begin with `prefix`, which is looked into whatever the rules
   * around it say of it. Those that would leave it out say nothing of what is in it.
   *
   * @param text What its own file holds, if there is one
   */
  below(prefix: string, text: string | undefined): IgnoreRules {
    const around = this.#levels.filter((level) =>
      prefix === "" || !verdictOf(level, prefix)?.isOut
    );
    if (text === undefined && around.length === this.#levels.length) return this;
    const own = text === undefined ? [] : [{ prefix, patterns: patternsIn(text.split(/\r?\n/)) }];
    return new IgnoreRules(this.#own, this.#included, this.#excluded, [...own, ...around]);
  }

  /** Whether the file or folder `name`, which is in the folder of these rules, is left out. */
  leaveOut(name: string, isFolder: boolean): boolean {
    const path = isFolder ? `${name}/` : name;
    if (isOwn(this.#own, name) || this.#excluded.ignores(path)) return true;
    if (!isFolder && this.#included && !this.#included.ignores(path)) return true;
    for (const level of this.#levels) {
      const verdict = verdictOf(level, path);
      if (verdict) return verdict.isOut;
    }
    return false;
  }
}

function patternsIn(texts: readonly string[]): Ignore {
  return ignore({ ignorecase: IGNORES_CASE }).add(texts.map((text) => text.normalize("NFC")));
}

/** What a level says of `path`, if it says anything. */
function verdictOf({ prefix, patterns }: Level, path: string): { isOut: boolean } | undefined {
  const { ignored, unignored } = patterns.test(path.slice(prefix.length));
  return ignored || unignored ? { isOut: ignored } : undefined;
}
