/**
 * The file in which a client remembers the indexes it has met, as ssh does.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { type Address, formatAddress } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import type { KnownIndexes } from "./known_index.ts";

/** One index a line: `<address> <key>`. */
export class KnownIndexesFile implements KnownIndexes {
  /** @param place The path of the file, which need not be there. */
  constructor(readonly place: string) {}

  async keyOf(address: Address): Promise<string | undefined> {
    const lines = (await this.#read()).split("\n").map((line) => line.trim().split(/\s+/));
    return lines.find(([name]) => name === formatAddress(address))?.[1];
  }

  async remember(address: Address, key: string): Promise<void> {
    if (await this.keyOf(address) !== undefined) return;
    try {
      await Deno.mkdir(dirname(this.place), { recursive: true, mode: 0o700 });
      const line = `${formatAddress(address)} ${key}\n`;
      await Deno.writeTextFile(this.place, line, { append: true, mode: 0o600 });
    } catch (cause) {
      throw this.#fault("write", cause);
    }
  }

  async #read(): Promise<string> {
    try {
      return await Deno.readTextFile(this.place);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return "";
      throw this.#fault("read", cause);
    }
  }

  #fault(what: string, cause: unknown): BitTrickleError {
    const where = `the known servers in "${escapeText(this.place)}"`;
    const message = `Cannot ${what} ${where}: ${escapeText(reasonOf(cause))}`;
    return new BitTrickleError("disk", message, { cause });
  }
}

/** The folder for what the client remembers, by the custom of the system; `undefined` if homeless. */
export function stateFolder(
  env: (name: string) => string | undefined = fromEnv,
): string | undefined {
  const given = env("XDG_STATE_HOME") ?? env("LOCALAPPDATA");
  if (given) return join(given, "bittrickle");
  const home = env("HOME");
  return home ? join(home, ".local", "state", "bittrickle") : undefined;
}

function fromEnv(name: string): string | undefined {
  return Deno.env.get(name);
}
