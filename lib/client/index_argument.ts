/**
 * Which index a command line means: the one that it names, or the default one.
 *
 * @module
 */

import { withTimeout } from "../async/with_timeout.ts";
import { BitTrickleError } from "../errors.ts";
import { resolveHost } from "../net/resolve.ts";
import { type Address, type Addresses, isLoopback } from "../protocol/address.ts";
import { commandMeantBy, inOwnWords } from "./aliases.ts";
import { VERBS } from "./commands.ts";
import type { Config, NamedIndex } from "./settings/config_file.ts";
import { type Given, type Layer, settingFault } from "./settings/settings.ts";
import { readAddresses } from "./settings/values.ts";

/** How long others are resolved when one server of an index has been found, in milliseconds. */
const OTHERS_MS = 500;

/** An index that is meant. */
export interface IndexChoice extends Given {
  /** Where its servers are, as they are to be typed. */
  readonly addresses: Addresses;
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
  if (named) return { ...given, addresses: named.addresses, named };
  const reading = readAddresses(given.text);
  if ("fault" in reading) throw settingFault("index", given.origin, reading.fault);
  return { ...given, addresses: reading.value, named };
}

/** The name or command that may have been meant by `word`, which was taken for a host. */
export function meantBy(word: string, config: Config): string | undefined {
  return commandMeantBy(word, [...config.indexes.keys(), ...VERBS]);
}

/** An index whose servers have been looked for. */
export interface ResolvedIndex {
  /** One of them, with the first of its IP literals. */
  readonly index: Address;
  /** Its host as it was typed. */
  readonly host: string;
  /** The IP literals of all others, and the other ones of its own. */
  readonly otherAddresses: readonly string[];
  /** The other servers as they were typed. */
  readonly otherServers: readonly Address[];
}

/**
 * Looks for the servers of an index, of which something else may have been `meant` than a host. The one
 * that comes first is one beyond this machine, if there is one: with it this client can be reached by
 * all.
 *
 * @throws {BitTrickleError} `network` if none can be found
 */
export async function resolveIndex(
  servers: Addresses,
  meant: string | undefined,
): Promise<ResolvedIndex> {
  const found = new Map<Address, readonly [string, ...string[]]>();
  const resolving = servers.map(async (server) => {
    found.set(server, await resolveServer(server, meant));
  });
  const all = Promise.allSettled(resolving);
  await Promise.any(resolving).catch(() => resolving[0]); // Whose error says most.
  await withTimeout(all, OTHERS_MS);
  const known = servers.filter((server) => found.has(server));
  const first = known.find((server) => !isLoopback(found.get(server)![0])) ?? known[0]!;
  const [hostname, ...own] = found.get(first)!;
  return {
    index: { hostname, port: first.port },
    host: first.hostname,
    otherAddresses: [...own, ...known.flatMap((it) => it === first ? [] : found.get(it)!)],
    otherServers: servers.filter((server) => server !== first),
  };
}

async function resolveServer({ hostname }: Address, meant: string | undefined) {
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
