/**
 * The configuration file of this machine, which is only ever read.
 *
 * @module
 */

import { reasonOf } from "../../errors.ts";
import { readTextSync } from "../../files/text_file.ts";
import { escapeText } from "../../protocol/escape.ts";
import { type Config, NO_CONFIG, parseConfig } from "./config_file.ts";
import { configPath, homeFolder, type System } from "./config_path.ts";
import { configFault } from "./settings.ts";

/** Longest configuration, in bytes: a hundred times what anybody writes. */
const MOST_BYTES = 65_536;

/** The surroundings in which a command line is read. */
export interface Surroundings extends System {
  /** Reads a small text file that a person wrote. */
  readText(path: string): string;
}

/** Those of this process. */
export const THIS_SYSTEM: Surroundings = {
  os: Deno.build.os,
  env: (name) => Deno.env.get(name),
  readText: (path) => readTextSync(path, MOST_BYTES),
};

/** A configuration, and where it comes from. */
export interface LoadedConfig extends Config {
  /** The path of the file; `undefined` if there is no place for one. */
  readonly path: string | undefined;
  readonly isThere: boolean;
}

/** A configuration of which only the place is asked for. */
export function unreadConfig(given: string | undefined, system: System): LoadedConfig {
  return { ...NO_CONFIG, path: given ?? configPath(system), isThere: false };
}

/**
 * The configuration in the file `given`, which has to be there, or in the usual one, which need not.
 *
 * @throws {BitTrickleError} `usage` for one that cannot be read or used
 */
export function loadConfig(given: string | undefined, system: Surroundings): LoadedConfig {
  const unread = unreadConfig(given, system);
  const { path } = unread;
  if (path === undefined) return unread;
  const text = readIfThere(path, given !== undefined, system);
  if (text === undefined) return unread;
  return { ...parseConfig(text, path, homeFolder(system)), path, isThere: true };
}

function readIfThere(path: string, isNeeded: boolean, system: Surroundings): string | undefined {
  try {
    return system.readText(path);
  } catch (cause) {
    if (!isNeeded && isMissing(cause)) return undefined;
    throw configFault(path, escapeText(reasonOf(cause)), cause);
  }
}

/** Where a file stands in the place of a folder, there is no file below it either. */
function isMissing(cause: unknown): boolean {
  return cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
}
