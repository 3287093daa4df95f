/**
 * The client's command line: flags and arguments, checked.
 *
 * @module
 */

import { type Parsed, parseFlags, type TextRequest, usage } from "../cli/parse_flags.ts";
import { namesOfSwitches, namesWithValue } from "../cli/manual/manual.ts";
import type { Protocol } from "../peer/session/open_session.ts";
import type { Addresses, Advertised } from "../protocol/address.ts";
import type { Invitation } from "../protocol/invitation.ts";
import { chooseIndex, configLayer, type IndexChoice, isIndex, meantBy } from "./index_argument.ts";
import { COMMAND_FLAGS } from "./flag_table.ts";
import { type Invocation, invocationOf } from "./invocation.ts";
import { readInvitation } from "./invitation_argument.ts";
import {
  loadConfig,
  type LoadedConfig,
  type Surroundings,
  THIS_SYSTEM,
  unreadConfig,
} from "./settings/load_config.ts";
import {
  environmentLayer,
  type Layer,
  resolveSettings,
  settingFault,
  type Settings,
  SWITCHES,
  TEXTS,
} from "./settings/settings.ts";

/** What the client's command line says. */
export interface ClientFlags {
  /** Where the servers of the index are, if one is named anywhere; a `hostname` may be a name. */
  readonly index: Addresses | undefined;
  /** A one-shot command; `undefined` for the shell. */
  readonly command: Invocation | undefined;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
  readonly folder: string;
  readonly json: boolean;
  /** Whether nothing but results and errors is shown. */
  readonly quiet: boolean;
  readonly allowPlain: boolean;
  /** Whether others are served what downloads have so far. */
  readonly swarm: boolean;
  /** Whether what is fetched is published. */
  readonly share: boolean;
  /** How long a download goes on while nothing comes, in milliseconds, if it was said. */
  readonly patienceMs: number | undefined;
  /** Most bytes per second that all transfers send, if it was said; `Infinity` for no limit. */
  readonly limitUp: number | undefined;
  /** The same for what they receive. */
  readonly limitDown: number | undefined;
  /** Where others are told to fetch, if not where the index sees this client. */
  readonly advertise: Advertised | undefined;
  /** The one protocol to speak; both where that is safe if there is none. */
  readonly protocol: Protocol | undefined;
  /** By which the user joins first. */
  readonly invitation: Invitation | undefined;
  /** All of this that can be configured, and where it comes from. */
  readonly configuration: Configuration;
}

/** What is in force, and why. */
export interface Configuration {
  readonly config: LoadedConfig;
  readonly index: IndexChoice | undefined;
  readonly settings: Settings;
  /** What may have been meant by an index that was taken for a host. */
  readonly meant: string | undefined;
}

/**
 * Reads the client's command line, and what the surroundings say beside it.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseClientFlags(
  args: readonly string[],
  system: Surroundings = THIS_SYSTEM,
): ClientFlags | TextRequest {
  const negations = SWITCHES.map((name) => `no-${name}`);
  const switches = ["json", "quiet", ...SWITCHES, ...negations, ...namesOfSwitches(COMMAND_FLAGS)];
  const texts = ["config", ...TEXTS, ...namesWithValue(COMMAND_FLAGS)];
  const flags = parseFlags(args, texts, switches, adviceOnIndex);
  if ("asks" in flags) return flags;
  const load = flags.arguments.join(" ") === "config path" ? unreadConfig : loadConfig;
  const config = load(flags.text("config"), system);
  return flags.arguments[0] === "join"
    ? joiningFlags(flags, config, system)
    : indexFlags(flags, config, system);
}

/** What to say of a flag for the index, as other programs have it. */
function adviceOnIndex(flag: string): string | undefined {
  if (!["host", "port"].includes(flag)) return undefined;
  return "is not a flag: the index stands alone, as in bittrickle-client 192.0.2.10:5000";
}

function indexFlags(flags: Parsed, config: LoadedConfig, system: Surroundings): ClientFlags {
  const [first, ...rest] = flags.arguments;
  const isNamed = first !== undefined && isIndex(first, config);
  const layers = [flagLayer(flags, isNamed ? first : undefined), environmentLayer(system.env)];
  const index = chooseIndex([...layers, configLayer(config, undefined)], config);
  const settings = resolveSettings([...layers, configLayer(config, index?.named)]);
  const { protocol } = settings;
  if (protocol.value === 1 && index && index.addresses.length > 1) {
    throw settingFault("protocol", protocol.origin, "is 2 for an index with several servers");
  }
  const meant = isNamed && !index?.named ? meantBy(first, config) : undefined;
  return {
    ...clientFlags(flags, isNamed ? rest : flags.arguments, settings),
    index: index?.addresses,
    configuration: { config, index, settings, meant },
  };
}

function joiningFlags(flags: Parsed, config: LoadedConfig, system: Surroundings): ClientFlags {
  const [, argument, ...words] = flags.arguments;
  if (flags.text("user") !== undefined) throw usage("an invitation says who joins: no --user");
  const invitation = readInvitation(argument, system.readText);
  const invited: Layer = (name) => {
    return name === "user" ? { text: invitation.user, origin: { from: "argument" } } : undefined;
  };
  const layers = [flagLayer(flags, undefined), environmentLayer(system.env)];
  const settings = resolveSettings([invited, ...layers, configLayer(config, undefined)]);
  if (settings.protocol.value === 1) {
    throw usage("an invitation needs the sealed protocol: no --protocol 1");
  }
  return {
    ...clientFlags(flags, words, settings),
    index: invitation.index,
    invitation,
    configuration: { config, index: undefined, settings, meant: undefined },
  };
}

type WithoutIndex = Omit<ClientFlags, "index" | "configuration">;

function clientFlags(flags: Parsed, words: readonly string[], settings: Settings): WithoutIndex {
  return {
    command: invocationOf(words, flags),
    user: settings.user.value,
    passwordFile: settings["password-file"].value,
    folder: settings.dir.value ?? ".",
    json: flags.has("json"),
    quiet: flags.has("quiet"),
    allowPlain: settings["allow-plain"].value ?? false,
    swarm: settings.swarm.value ?? true,
    share: settings.share.value ?? false,
    patienceMs: settings.patience.value,
    limitUp: settings["limit-up"].value,
    limitDown: settings["limit-down"].value,
    advertise: settings.advertise.value,
    protocol: settings.protocol.value,
    invitation: undefined,
  };
}

/** What the command line gives; `index` is the word of it that names one. */
function flagLayer(flags: Parsed, index: string | undefined): Layer {
  return (name) => {
    if (name === "index") {
      return index === undefined ? undefined : { text: index, origin: { from: "argument" } };
    }
    const text = flags.text(name) ?? flags.switched(name);
    return text === undefined ? undefined : { text: String(text), origin: { from: "flag" } };
  };
}

/** Whether a command line asks for JSON, even one that cannot be read. */
export function wantsJson(args: readonly string[]): boolean {
  return hasSwitch(args, "json");
}

/** Whether the switch `name` is set in a command line, even in one that cannot be read. */
export function hasSwitch(args: readonly string[], name: string): boolean {
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
}
