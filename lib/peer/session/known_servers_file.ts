/**
 * The file in which a client remembers the servers it has met, as ssh does.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { FileLock } from "../../files/file_lock.ts";
import { realPathOf } from "../../files/real_path.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { readText } from "../../files/text_file.ts";
import {
  InMemoryKnownServers,
  isHere,
  type KnownServers,
  type Pin,
  withProven,
} from "./known_servers.ts";

/** Characters of a key: 32 bytes in base64url. */
const KEY_CHARACTERS = 43;

const UNREADABLE = "it may hold the key that protects your password: make it readable, or set " +
  "XDG_STATE_HOME to another folder";

/** How long to wait for another program that changes the file, in milliseconds. */
const LOCK_MS = 2_000;

/** Those that are remembered in the state folder `place`, if there is one. */
export function knownServersIn(
  place: string | undefined,
  onTrouble: (note: string) => void,
): KnownServersFile | undefined {
  return place === undefined
    ? undefined
    : new KnownServersFile(join(place, "known_servers"), onTrouble);
}

/**
 * One server a line, with single spaces:
 *
 *     <host:port> <opaque key> [<signing key> [<strong user> ...]] [# <comment>]
 *
 * Older versions have written lines of one key. Other lines and comments are kept. A file in UTF-16 is
 * understood, and UTF-8 from then on. One that cannot be read ends a login, for the key that it may hold is what protects its user; one that cannot be
 * written is no reason to: then what would be written is known until the program ends.
 */
export class KnownServersFile implements KnownServers {
  readonly #onTrouble: (note: string) => void;
  readonly #unwritten = new InMemoryKnownServers();

  /**
   * @param place The path of the file, which need not be there.
   * @param onTrouble Hears why a server will not be known the next time.
   */
  constructor(readonly place: string, onTrouble: (note: string) => void = () => {}) {
    this.#onTrouble = onTrouble;
  }

  /** @throws {BitTrickleError} `disk` if there may be a file, but none that can be read */
  async pinOf(address: Address): Promise<Pin | undefined> {
    const written = pinIn(await this.#read(), address);
    const unwritten = await this.#unwritten.pinOf(address);
    return unwritten ? withProven(written, unwritten) : written;
  }

  /** @throws {BitTrickleError} as {@linkcode pinOf} */
  async knowsHere(port: number): Promise<boolean> {
    const lines = wholeLinesOf(await this.#read());
    return lines.some((line) => isHere(nameIn(line), port)) ||
      await this.#unwritten.knowsHere(port);
  }

  /** @throws {BitTrickleError} as {@linkcode pinOf} */
  async remember(address: Address, proven: Pin): Promise<void> {
    const pin = await this.pinOf(address);
    if (withProven(pin, proven) === pin) return;
    try {
      await this.#write(address, proven);
    } catch (cause) {
      await this.#unwritten.remember(address, proven);
      this.#onTrouble(this.#fault("write", cause, "this server is not remembered").message);
    }
  }

  /** Puts `proven` into the file as it is by now: other clients write to it as well. */
  async #write(address: Address, proven: Pin): Promise<void> {
    await Deno.mkdir(dirname(this.place), { recursive: true, mode: 0o700 });
    const path = await realPathOf(this.place);
    using lock = await FileLock.take(`${path}-lock`, LOCK_MS);
    if (!lock) throw new BitTrickleError("disk", "another program keeps changing them; try again");
    const text = await this.#read();
    const pin = withProven(pinIn(text, address), proven);
    await replaceFile(path, withLine(text, address, pin));
  }

  async #read(): Promise<string> {
    try {
      return await readText(this.place);
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

function pinIn(text: string, address: Address): Pin | undefined {
  const line = wholeLinesOf(text).find((line) => isLineOf(line, address));
  if (line === undefined) return undefined;
  const [, opaqueKey = "", signingKey, ...strongUsers] = fieldsOf(line);
  return { opaqueKey, signingKey, strongUsers };
}

/** `text` with what is known of the server at `address` in its line, or in a new one at the end. */
function withLine(text: string, address: Address, pin: Pin): string {
  const lines = wholeLinesOf(text);
  const at = lines.findIndex((line) => isLineOf(line, address));
  const line = lineOf(address, pin);
  if (at >= 0) lines[at] = line + commentIn(lines[at]!);
  else lines.push(line);
  return lines.join("\n") + "\n";
}

function lineOf(address: Address, { opaqueKey, signingKey, strongUsers }: Pin): string {
  const users = strongUsers.filter((user) => user !== "#"); // It would begin a comment.
  const keys = signingKey === undefined ? [opaqueKey] : [opaqueKey, signingKey, ...users];
  return [formatAddress(address), ...keys].join(" ");
}

function isLineOf(line: string, address: Address): boolean {
  return nameIn(line) === formatAddress(address);
}

function nameIn(line: string): string {
  return fieldsOf(line)[0]!;
}

/** What is in `line` before its comment. */
function fieldsOf(line: string): string[] {
  const comment = commentIn(line);
  return line.slice(0, line.length - comment.length).trim().split(/[ \t]+/);
}

/** No key begins with `#`, but a user's name may: behind the keys a comment has a space after it. */
const BEHIND_NAME = /^[ \t]*[^ \t#][^ \t]*(?:[ \t]+[^ \t#][^ \t]*)?([ \t]+#.*)$/s;
const BEHIND_KEYS = /[ \t]+#(?:[ \t\r].*)?$/s;

/** The comment at the end of `line`, with the space before it. */
function commentIn(line: string): string {
  return BEHIND_NAME.exec(line)?.[1] ?? BEHIND_KEYS.exec(line)?.[0] ?? "";
}

/** A last line that was cut off, as by a full disk, remembers nothing but a whole key. */
function wholeLinesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop()!;
  const [name, key = "", secondKey] = fieldsOf(last);
  const isWhole = key.length >= KEY_CHARACTERS;
  if (last.startsWith("#")) return [...lines, last];
  if (isWhole && (secondKey?.length ?? KEY_CHARACTERS) < KEY_CHARACTERS) {
    return [...lines, `${name} ${key}`];
  }
  return isWhole ? [...lines, last] : lines;
}

/** The folder for what the client remembers, by the custom of the system; `undefined` if homeless. */
export function stateFolder(
  env: (name: string) => string | undefined = fromEnv,
): string | undefined {
  const given = env("XDG_STATE_HOME") || env("LOCALAPPDATA");
  if (given) return join(given, "bittrickle");
  const home = env("HOME");
  return home ? join(home, ".local", "state", "bittrickle") : undefined;
}

function fromEnv(name: string): string | undefined {
  return Deno.env.get(name);
}
