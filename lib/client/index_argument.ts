/**
 * Which index a command line means: the one that it names, or the default one.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { resolveHost } from "../net/resolve.ts";
import type { Address } from "../protocol/address.ts";
import { commandMeantBy, inOwnWords } from "./aliases.ts";
import { VERBS } from "./commands.ts";
import type { Config, NamedIndex } from "./settings/config_file.ts";
import { type Given, type Layer, settingFault } from "./settings/settings.ts";
import { readAddress } from "./settings/values.ts";

/** An index that is meant. */
export interface IndexChoice extends Given {
  readonly address: Address;
  /** What the configuration says of it, if it is known there by name. */
  readonly named: NamedIndex | undefined;
}

/**
 * Whether `word` stands for an index. One that the configuration names always does; else a command
 * is one, and everything else is a host or a port.
 */
export function isIndex(word: string, config: Config): boolean {
  return config.indexes.has(word) || !VERBS.includes(inOwnWords([word])[0]!);
}

/**
 * The index that the first of `layers` names, if one does.
 *
 * @throws {BitTrickleError} `usage` for what is neither a name nor an address
 */
export function chooseIndex(layers: readonly Layer[], config: Config): IndexChoice | undefined {
  const given = layers.map((layer) => layer("index")).find((it) => it !== undefined);
  if (!given) return undefined;
  const named = config.indexes.get(given.text);
  if (named) return { ...given, address: named.address, named };
  const reading = readAddress(given.text);
  if ("fault" in reading) throw settingFault("index", given.origin, reading.fault);
  return { ...given, address: reading.value, named };
}

/** The name or command that may have been meant by `word`, which was taken for a host. */
export function meantBy(word: string, config: Config): string | undefined {
  return commandMeantBy(word, [...config.indexes.keys(), ...VERBS]);
}

/**
 * The IP addresses of an index, of which something else may have been `meant` than a host.
 *
 * @throws {BitTrickleError} `network`
 */
export async function resolveIndex({ hostname }: Address, meant: string | undefined) {
  try {
    return await resolveHost(hostname);
  } catch (error) {
    if (meant === undefined || !(error instanceof BitTrickleError)) throw error;
    const message = `${error.message}; or did you mean "${meant}"?`;
    throw new BitTrickleError(error.code, message, { cause: error });
  }
}

/** What the configuration gives: of the index `named` first, then for all. */
export function configLayer(config: Config, named: NamedIndex | undefined): Layer {
  return (name) => {
    const own = named?.settings.get(name);
    // The password beside one user is none of another.
    const isOthers = name === "password-file" && named?.settings.has("user");
    return own ?? (isOthers ? undefined : config.settings.get(name));
  };
}
