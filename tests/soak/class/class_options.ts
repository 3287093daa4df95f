/**
 * The command line of the soak with a class.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";

const HIGHEST_SEED = 2 ** 31;
const PICTURE = fromFileUrl(new URL("../../../docs/soak.svg", import.meta.url));

/** How long it goes on, and with whom. */
export interface ClassOptions {
  readonly minutes: number;
  /** Simulated clients, beside a few real ones. */
  readonly clients: number;
  /** Decides what the clients do. */
  readonly seed: number;
  /** The file that the picture is written to. */
  readonly svg: string;
}

/**
 * Reads the command line.
 *
 * @throws {Error} for what is no number above zero
 */
export function readOptions(args: readonly string[]): ClassOptions {
  const flags = parseArgs([...args], { string: ["minutes", "clients", "seed", "svg"] });
  const number = (name: string, usual: number) => {
    const value = Number(flags[name] ?? usual);
    if (value > 0) return value;
    throw new Error(`--${name} takes a number above zero, not "${flags[name]}"`);
  };
  return {
    minutes: number("minutes", 15),
    clients: Math.ceil(number("clients", 1_000)),
    seed: number("seed", Math.ceil(Math.random() * HIGHEST_SEED)),
    svg: String(flags.svg ?? PICTURE),
  };
}
