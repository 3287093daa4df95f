/**
 * The text of a configuration file, checked: all of it, whatever of it will be used.
 *
 * @module
 */

import { dirname, join, resolve } from "@std/path";
import { parse, TomlError } from "smol-toml";
import { didYouMean } from "../../cli/spelling.ts";
import type { Addresses } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import {
  configFault,
  type Given,
  SETTING_NAMES,
  settingFault,
  type SettingName,
  SETTINGS,
  type Takes,
} from "./settings.ts";
import { isTable, type KeyLines, linesOfKeys, pathKey } from "./toml_lines.ts";
import { readAddresses } from "./values.ts";

/** Settings that a table of the file gives. */
export type GivenSettings = ReadonlyMap<string, Given>;

/** An index that has a name. */
export interface NamedIndex {
  readonly addresses: Addresses;
  /** The line of its address. */
  readonly line: number;
  readonly settings: GivenSettings;
}

/** What a configuration file says. */
export interface Config {
  readonly settings: GivenSettings;
  readonly indexes: ReadonlyMap<string, NamedIndex>;
}

/** What there is where there is no file. */
export const NO_CONFIG: Config = { settings: new Map(), indexes: new Map() };

/** Words that stand where an index does, now or soon, and so cannot name one. */
const RESERVED = ["completion", "config", "discover", "help", "join", "man", "upgrade"];

/** No dot, which makes a name of a host; no digit in front, which makes a port or an address. */
const INDEX_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Deepest nesting of values: none of ours has any. */
const MOST_DEPTH = 16;

const NAMED = "indexes";
const ADDRESS = "address";

/** Words for what is called otherwise here. */
const SYNONYMS: Readonly<Record<string, string>> = {
  folder: "dir",
  host: ADDRESS,
  name: "user",
  username: "user",
  "no-swarm": "swarm",
};

const PASSWORD = /^pass(?:word|wd|phrase|wort)?$/i;

const NO_PASSWORD =
  "a password does not belong in this file, which gets copied and shown: name a " +
  "file that holds it with password-file, or set BITTRICKLE_PASSWORD";

const FORMS: Readonly<Record<Takes, string>> = {
  text: "a text in quotes",
  path: "a text in quotes",
  number: "a text in quotes or a whole number",
  switch: "true or false",
};

/**
 * Reads the `text` of the file at `path`. Paths in it are relative to its folder, and `~` at their
 * beginning is the folder `home`.
 *
 * @throws {BitTrickleError} `usage`, with the line
 */
export function parseConfig(text: string, path: string, home?: string): Config {
  const table = parseToml(text, path);
  return new Reader(path, home, linesOfKeys(text)).config(table);
}

function parseToml(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text, { maxDepth: MOST_DEPTH });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    // Its other lines show the text of the file.
    const reason = cause.message.split("\n", 1)[0]!.replace("Invalid TOML document: ", "");
    throw configFault(path, `line ${cause.line}: ${escapeText(reason)}`);
  }
}

class Reader {
  constructor(
    readonly path: string,
    readonly home: string | undefined,
    readonly lines: KeyLines,
  ) {}

  config(table: Readonly<Record<string, unknown>>): Config {
    const settings = this.#settings(table, [], SETTING_NAMES, [NAMED]);
    const named = table[NAMED] ?? Object.create(null);
    if (!isTable(named)) throw this.#fault([NAMED], "indexes holds tables: [indexes.lab]");
    const indexes = Object.entries(named).map(([name, it]) =>
      [name, this.#index(name, it)] as const
    );
    const config = { settings, indexes: new Map(indexes) };
    checkDefault(config);
    checkPasswords(config);
    return config;
  }

  #index(name: string, table: unknown): NamedIndex {
    const path = [NAMED, name];
    const fault = indexNameFault(name);
    if (fault) throw this.#fault(path, fault);
    if (!isTable(table)) throw this.#fault(path, `indexes holds tables: [indexes.${name}]`);
    const names = SETTING_NAMES.filter((it) => it !== "index");
    const settings = this.#settings(table, path, names, [ADDRESS]);
    if (table[ADDRESS] === undefined) {
      throw this.#fault(path, `index "${name}" needs an address: address = "192.0.2.10"`);
    }
    const given = this.#givenAddress(table[ADDRESS], [...path, ADDRESS]);
    const reading = readAddresses(given.text);
    if ("fault" in reading) throw settingFault(ADDRESS, given.origin, reading.fault);
    return { addresses: reading.value, line: this.#lineOf([...path, ADDRESS]), settings };
  }

  /** The settings in `table`, which may hold those of `names`, and `others` that are no settings. */
  #settings(
    table: Readonly<Record<string, unknown>>,
    path: readonly string[],
    names: readonly SettingName[],
    others: readonly string[],
  ): GivenSettings {
    for (const key of Object.keys(table)) this.#checkKey([...path, key], [...names, ...others]);
    const present = names.filter((name) => table[name] !== undefined);
    return new Map(
      present.map((name) => [name, this.#setting(table[name], [...path, name], name)]),
    );
  }

  #setting(value: unknown, path: readonly string[], name: SettingName): Given {
    if (name === "index" && isTable(value)) {
      throw this.#fault(path, "index is the default one; those with a name are [indexes.lab]");
    }
    const { takes, read } = SETTINGS[name];
    const given = this.#given(value, path, takes);
    const reading = read(given.text);
    if ("fault" in reading) throw settingFault(name, given.origin, reading.fault);
    return takes === "path" ? { ...given, text: this.#resolve(given.text) } : given;
  }

  /** An index with several servers has a list of them, or all in one text. */
  #givenAddress(value: unknown, path: readonly string[]): Given {
    if (!Array.isArray(value) || value.length === 0) return this.#given(value, path, "text");
    const given = value.map((item) => this.#given(item, path, "text"));
    return { ...given[0]!, text: given.map(({ text }) => text).join(",") };
  }

  #given(value: unknown, path: readonly string[], takes: Takes): Given {
    const key = path.at(-1)!;
    if (!isTaken(value, takes)) {
      throw this.#fault(path, `${key} takes ${FORMS[takes]}, not ${kindOf(value)}`);
    }
    if (value === "") throw this.#fault(path, `${key} is empty`);
    return {
      text: String(value),
      origin: { from: "file", path: this.path, line: this.#lineOf(path) },
    };
  }

  #checkKey(path: readonly string[], known: readonly string[]): void {
    const key = path.at(-1)!;
    if (known.includes(key)) return;
    if (PASSWORD.test(key)) throw this.#fault(path, NO_PASSWORD);
    const synonym = Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key]! : "";
    const hint = known.includes(synonym) ? `; say "${synonym}"` : didYouMean(key, known);
    throw this.#fault(path, `"${escapeText(key)}" is not a key${hint || `: ${known.join(", ")}`}`);
  }

  #resolve(text: string): string {
    const below = /^~(?:[/\\](.*))?$/s.exec(text);
    if (below && this.home !== undefined) return join(this.home, below[1] ?? "");
    return resolve(dirname(this.path), text);
  }

  #fault(path: readonly string[], reason: string): Error {
    return configFault(this.path, `line ${this.#lineOf(path)}: ${reason}`);
  }

  #lineOf(path: readonly string[]): number {
    return this.lines.get(pathKey(path)) ?? 1;
  }
}

/** @throws {BitTrickleError} `usage` if the default index is neither a name nor an address */
function checkDefault({ settings, indexes }: Config): void {
  const given = settings.get("index");
  if (!given || indexes.has(given.text)) return;
  const reading = readAddresses(given.text);
  if ("fault" in reading) throw settingFault("index", given.origin, reading.fault);
}

/** @throws {BitTrickleError} `usage` for a password of nobody, which would never count */
function checkPasswords({ settings, indexes }: Config): void {
  for (const own of [settings, ...[...indexes.values()].map((it) => it.settings)]) {
    const password = own.get("password-file");
    if (!password || own.has("user") || settings.has("user")) continue;
    const fault = "needs a user beside it, whose password it is";
    throw settingFault("password-file", password.origin, fault);
  }
}

function indexNameFault(name: string): string | undefined {
  if (RESERVED.includes(name)) return `"${name}" is a command, and cannot name an index`;
  if (INDEX_NAME.test(name)) return undefined;
  return `"${
    escapeText(name)
  }" cannot name an index: a name is a letter, and up to 63 more letters ` +
    "of ASCII, digits, - and _";
}

function isTaken(value: unknown, takes: Takes): boolean {
  if (takes === "switch") return typeof value === "boolean";
  return typeof value === "string" || takes === "number" && Number.isSafeInteger(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  if (isTable(value)) return "a table";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a fraction";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}
