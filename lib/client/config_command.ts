/**
 * `config`: what is in force, and where it comes from.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { formatAddresses } from "../protocol/address.ts";
import type { Configuration } from "./flags.ts";
import type { Outcome } from "./outcome.ts";
import {
  type Origin,
  type Setting,
  SETTING_NAMES,
  type SettingKind,
  type SettingName,
  SETTINGS,
} from "./settings/settings.ts";

const NO_PLACE =
  "No folder for the configuration: set HOME (on Windows APPDATA) or XDG_CONFIG_HOME, or say " +
  "--config FILE";

/**
 * Shows the configuration, or only where its file is.
 *
 * @throws {BitTrickleError} `usage` for anything else, or where there is no place for a file
 */
export function configOutcome([what]: readonly string[], configuration: Configuration): Outcome {
  if (what === "show") return shown(configuration);
  const { path } = configuration.config;
  if (what !== "path") throw new BitTrickleError("usage", "config takes show or path: config show");
  if (path === undefined) throw new BitTrickleError("usage", NO_PLACE);
  return { lines: [path], fields: { path } };
}

function shown(configuration: Configuration): Outcome {
  const { path, isThere, indexes } = configuration.config;
  const settings = SETTING_NAMES.map((name) => settingRow(name, configuration));
  const named = [...indexes].map(([name, { addresses, line }]) => {
    return { name, address: formatAddresses(addresses), line };
  });
  const rows = [
    ...settings.map(({ shown, origin, name }) => [name, originText(name, origin), shown]),
    ...named.map(({ name, address, line }) => [`indexes.${name}`, `line ${line}`, address]),
  ];
  const file = path === undefined ? NO_PLACE : isThere ? path : `${path} (not there)`;
  return {
    lines: [file, ...aligned(rows)],
    fields: {
      path: path ?? null,
      found: isThere,
      settings: settings.map(({ fields }) => fields),
      indexes: named,
    },
  };
}

function settingRow(name: SettingName, { settings, index }: Configuration) {
  const { text, value, origin }: Setting<unknown> = name === "index" && index
    ? { ...index, value: index.text }
    : settings[name];
  const address = name === "index" && index ? formatAddresses(index.addresses) : undefined;
  const { otherwise }: SettingKind = SETTINGS[name];
  const fields = {
    name,
    value: value === undefined ? null : text,
    ...address === undefined ? {} : { address },
    ...originFields(name, origin),
    default: otherwise,
  };
  return { name, origin, shown: address === undefined ? text : `${text} (${address})`, fields };
}

function originText(name: string, origin: Origin): string {
  if (origin.from === "argument") return "command line";
  if (origin.from === "flag") return `--${name}`;
  if (origin.from === "environment") return origin.variable;
  return origin.from === "file" ? `line ${origin.line}` : "default";
}

function originFields(name: string, origin: Origin): Readonly<Record<string, unknown>> {
  const { from } = origin;
  if (from === "flag") return { from, flag: `--${name}` };
  if (from === "environment") return { from, variable: origin.variable };
  return from === "file" ? { from, line: origin.line } : { from };
}

/** Rows of which the last column, which may be long, stays as it is. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widthOf = (i: number) => Math.max(...rows.map((row) => row[i]!.length)) + 2;
  const [first, second] = [widthOf(0), widthOf(1)];
  return rows.map(([a = "", b = "", c = ""]) => a.padEnd(first) + b.padEnd(second) + c);
}
