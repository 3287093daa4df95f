/**
 * The rules for a folder that a user names, from the folders that it is in: those are not shared, so
 * nobody else looks at what they say.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { rulesAround, rulesStamp } from "../share/ignore_file.ts";
import type { IgnoreRules } from "../share/ignore_rules.ts";
import { ROOT } from "../share/typed_name.ts";

/** What is above one named folder. */
export class RulesAbove {
  readonly #root: string;
  readonly #name: string;
  readonly #given: IgnoreRules;
  #known: { readonly stamp: string; readonly rules: IgnoreRules } | undefined;

  /**
   * @param root The path of the shared folder
   * @param name That of the named one in it
   * @param given What is left out whatever the folders say
   */
  constructor(root: string, name: string, given: IgnoreRules) {
    this.#root = root;
    this.#name = name;
    this.#given = given;
  }

  /**
   * The rules as they are now: the same object for as long as nothing has changed.
   *
   * @throws {BitTrickleError} `disk` if there are some that cannot be used
   */
  now(): IgnoreRules {
    const stamp = this.#stamp();
    if (this.#known?.stamp !== stamp) this.#known = { stamp, rules: this.#read() };
    return this.#known.rules;
  }

  #read(): IgnoreRules {
    return this.#name === ROOT ? this.#given : rulesAround(this.#root, this.#name, this.#given);
  }

  #stamp(): string {
    const stamps: string[] = [];
    for (let at = this.#name; at !== ROOT;) {
      at = dirname(at);
      stamps.push(rulesStamp(join(this.#root, at)));
    }
    return stamps.join("\n");
  }
}
