/**
 * What of the client can be set by flags, by the environment and in the configuration file: one
 * table. A key of the file is a flag without its dashes; a variable is the key in capitals.
 *
 * @module
 */

import { usage } from "../../cli/parse_flags.ts";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import {
  readAdvertised,
  readAny,
  type Reading,
  readLimit,
  readPatience,
  readProtocol,
  readSwitch,
  readUser,
} from "./values.ts";

/** What a setting takes in the file: of TOML's types a text, a text or a number, or a boolean. */
export type Takes = "text" | "path" | "number" | "switch";

/** A setting of the client. */
export interface SettingKind<T = unknown> {
  readonly takes: Takes;
  readonly read: (text: string) => Reading<T>;
  /** What holds where nothing is said, as a person reads it. */
  readonly otherwise: string;
  /** The variable that sets it. @default `BITTRICKLE_` and its name in capitals */
  readonly variable?: string;
}

/** The variable that holds a password: the one that is never shown. */
export const PASSWORD = "BITTRICKLE_PASSWORD";

/** Every setting by its name. */
export const SETTINGS = {
  "index": { takes: "text", read: readAny, otherwise: "none" },
  "user": { takes: "text", read: readUser, otherwise: "asked for" },
  "password-file": { takes: "path", read: readAny, otherwise: "asked for", variable: PASSWORD },
  "dir": { takes: "path", read: readAny, otherwise: "." },
  "share": { takes: "switch", read: readSwitch, otherwise: "false" },
  "swarm": { takes: "switch", read: readSwitch, otherwise: "true" },
  "patience": { takes: "number", read: readPatience, otherwise: "5m, and no end in a shell" },
  "limit-up": { takes: "number", read: readLimit, otherwise: "off" },
  "limit-down": { takes: "number", read: readLimit, otherwise: "off" },
  "advertise": { takes: "text", read: readAdvertised, otherwise: "none" },
  "protocol": {
    takes: "number",
    read: readProtocol,
    otherwise: "2, and 1 only where that is safe",
  },
  "allow-plain": { takes: "switch", read: readSwitch, otherwise: "false" },
} as const satisfies Readonly<Record<string, SettingKind>>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Every name. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** The names of those that are on or off. */
export const SWITCHES = SETTING_NAMES.filter((name) => SETTINGS[name].takes === "switch");

/** The names of those that flags give a value: the index stands before all flags. */
export const TEXTS = SETTING_NAMES.filter((name) => {
  return name !== "index" && SETTINGS[name].takes !== "switch";
});

/** Where a value comes from. */
export type Origin =
  | { readonly from: "argument" }
  | { readonly from: "flag" }
  | { readonly from: "environment"; readonly variable: string }
  | { readonly from: "file"; readonly path: string; readonly line: number }
  | { readonly from: "default" };

/** A text that was given for a setting. */
export interface Given {
  readonly text: string;
  readonly origin: Origin;
}

/** One place where settings are given. */
export type Layer = (name: SettingName) => Given | undefined;

type ValueOf<N extends SettingName> = ReturnType<typeof SETTINGS[N]["read"]> extends
  Reading<infer T> ? T : never;

/** A setting in force; without a value where nothing was said. */
export interface Setting<T> extends Given {
  readonly value: T | undefined;
}

/** All settings in force. */
export type Settings = { readonly [N in SettingName]: Setting<ValueOf<N>> };

/**
 * The settings in force, where the first of `layers` that gives one decides.
 *
 * @throws {BitTrickleError} `usage` for a text that means nothing
 */
export function resolveSettings(layers: readonly Layer[]): Settings {
  const entries = SETTING_NAMES.map((name) => [name, resolve(name, layers)] as const);
  const settings = Object.fromEntries(entries) as unknown as Settings;
  const { "password-file": password, user } = settings;
  // A password of the file belongs to the user of the file, and to nobody else who logs in.
  const isOthers = password.origin.from === "file" && user.origin.from !== "file";
  return isOthers ? { ...settings, "password-file": byDefault("password-file") } : settings;
}

function resolve(name: SettingName, layers: readonly Layer[]): Setting<unknown> {
  for (const layer of layers) {
    const given = layer(name);
    if (given) return { ...given, value: readGiven(name, given) };
  }
  return byDefault(name);
}

function byDefault(name: SettingName): Setting<never> {
  return { text: SETTINGS[name].otherwise, origin: { from: "default" }, value: undefined };
}

/** A password that stands in the environment itself is in no file. */
function readGiven(name: SettingName, given: Given): unknown {
  if (given.origin.from === "environment" && given.origin.variable === PASSWORD) return undefined;
  const reading = SETTINGS[name].read(given.text);
  if ("value" in reading) return reading.value;
  throw settingFault(name, given.origin, reading.fault);
}

/** The layer of the environment; an empty variable says nothing. */
export function environmentLayer(env: (name: string) => string | undefined): Layer {
  return (name) => {
    const variable = variableOf(name);
    const text = env(variable);
    if (!text) return undefined;
    const shown = variable === PASSWORD ? "not shown" : text;
    return { text: shown, origin: { from: "environment", variable } };
  };
}

function variableOf(name: SettingName): string {
  const { variable }: SettingKind = SETTINGS[name];
  return variable ?? `BITTRICKLE_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** The error of a value from `origin`; `fault` follows the name of the setting. */
export function settingFault(name: string, origin: Origin, fault: string): BitTrickleError {
  switch (origin.from) {
    case "file":
      return configFault(origin.path, `line ${origin.line}: ${name} ${fault}`);
    case "environment":
      return new BitTrickleError(
        "usage",
        `Cannot use the environment: ${origin.variable} ${fault}`,
      );
    default:
      return usage(origin.from === "flag" ? `--${name} ${fault}` : fault);
  }
}

/** The error of the configuration file at `path`. */
export function configFault(path: string, reason: string, cause?: unknown): BitTrickleError {
  const where = `Cannot use the configuration in "${escapeText(path)}"`;
  return new BitTrickleError("usage", `${where}: ${reason}`, { cause });
}
