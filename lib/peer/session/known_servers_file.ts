/**
 * The file in which a client remembers the indexes it has met, as ssh does.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { InMemoryKnownServers, type KnownServers } from "./known_servers.ts";

/** Characters of a key: 32 bytes in base64url. */
const KEY_CHARACTERS = 43;

const UNREADABLE = "it may hold the key that protects your password: make it readable, or set " +
  "XDG_STATE_HOME to another folder";

/**
 * One index a line: `<address> <key>`. A file that cannot be read ends a login, for the key that it may
 * hold is what protects its user; one that cannot be written is no reason to: then what would be
 * written is known until the program ends.
 */
export class KnownServersFile implements KnownServers {
  readonly #onTrouble: (note: string) => void;
  readonly #unwritten = new InMemoryKnownServers();

  /**
   * @param place The path of the file, which need not be there.
   * @param onTrouble Hears why an index will not be known the next time.
   */
  constructor(readonly place: string, onTrouble: (note: string) => void = () => {}) {
    this.#onTrouble = onTrouble;
  }

  /** @throws {BitTrickleError} `disk` if there may be a file, but none that can be read */
  async keyOf(address: Address): Promise<string | undefined> {
    return keyIn(await this.#read(), address) ?? await this.#unwritten.keyOf(address);
  }

  /** @throws {BitTrickleError} as {@linkcode keyOf} */
  async remember(address: Address, key: string): Promise<void> {
    const text = await this.#read();
    if (keyIn(text, address) ?? await this.#unwritten.keyOf(address)) return;
    // What a full disk once cut off, or an editor left open, must not run into the new line.
    const start = text === "" || text.endsWith("\n") ? "" : "\n";
    try {
      await this.#append(`${start}${formatAddress(address)} ${key}\n`);
    } catch (cause) {
      await this.#unwritten.remember(address, key);
      this.#onTrouble(this.#fault("write", cause, "this server is not remembered").message);
    }
  }

  async #append(text: string): Promise<void> {
    await Deno.mkdir(dirname(this.place), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(this.place, text, { append: true, mode: 0o600 });
  }

  async #read(): Promise<string> {
    try {
      return await Deno.readTextFile(this.place);
    } catch (cause) {
      if (isMissing(cause)) return "";
      throw this.#fault("read", cause, UNREADABLE);
    }
  }

  #fault(what: string, cause: unknown, advice: string): BitTrickleError {
    const where = `the known servers in "${escapeText(this.place)}"`;
    const message = `Cannot ${what} ${where}: ${escapeText(reasonOf(cause))}; ${advice}`;
    return new BitTrickleError("disk", message, { cause });
  }
}

/** Where a file stands in the place of a folder, there is no file below it either. */
function isMissing(cause: unknown): boolean {
  return cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
}

function keyIn(text: string, address: Address): string | undefined {
  const lines = wholeLinesOf(text).map((line) => line.trim().split(/\s+/));
  return lines.find(([name]) => name === formatAddress(address))?.[1];
}

/** A last line that was cut off, as by a full disk, remembers nothing. */
function wholeLinesOf(text: string): string[] {
  const lines = text.split("\n");
  const [, key = ""] = lines.at(-1)!.trim().split(/\s+/);
  return key.length < KEY_CHARACTERS ? lines.slice(0, -1) : lines;
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
