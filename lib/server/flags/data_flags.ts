/**
 * The command line after `bittrickle-server data`.
 *
 * @module
 */

import { namesOfSwitches, namesWithValue } from "../../cli/manual/manual.ts";
import { escapeText } from "../../protocol/escape.ts";
import { type Parsed, parseFlags, type TextRequest, usage } from "../../cli/parse_flags.ts";
import { type EtcdFlags, parseEtcdFlags } from "./etcd_flags.ts";
import { DATA_ACTIONS, DATA_FLAGS, hasAction, notAnAction } from "./flag_table.ts";

/** Where a server keeps its catalogue unless told otherwise. */
export const DATA_FILE = "bittrickle.db";

/** Stands for no file at all. */
export const MEMORY = ":memory:";

/** What the command line says. */
export type DataFlags = DataFileFlags | BackupFlags;

/** What to do with the data file alone, or with what is in etcd. */
export interface DataFileFlags {
  readonly task: "check" | "export" | "import";
  readonly data: string;
  /** Where etcd is, if it is not about a file. */
  readonly etcd?: EtcdFlags | undefined;
  /** Whether an export from there leaves out what does not open. */
  readonly force?: boolean;
}

/** What to do with a backup. */
export interface BackupFlags {
  readonly task: "backup" | "restore";
  readonly data: string;
  readonly credentials: string;
  /** The backup. */
  readonly file: string;
  /** Whether what is there is replaced. */
  readonly force: boolean;
}

const BACKUP_TASKS = ["backup", "restore"];

/**
 * Reads the command line after `bittrickle-server data`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseDataFlags(args: readonly string[]): DataFlags | TextRequest {
  const flags = parseFlags(args, namesWithValue(DATA_FLAGS), namesOfSwitches(DATA_FLAGS));
  if ("asks" in flags) return flags;
  const [task = "", ...rest] = flags.arguments;
  if (!hasAction(DATA_ACTIONS, task)) throw notAnAction("data", DATA_ACTIONS, task);
  const isBackup = BACKUP_TASKS.includes(task);
  const [file, surplus] = isBackup ? rest : [undefined, ...rest];
  if (surplus !== undefined) throw usage(`"${escapeText(surplus)}" is one argument too many`);
  const etcd = parseEtcdFlags(flags);
  if (etcd) checkEtcdTask(task, flags);
  const data = flags.text("data") ?? DATA_FILE;
  if (data === MEMORY) throw usage(`data ${task} needs a file, not ${MEMORY}`);
  const force = flags.has("force");
  if (!isBackup) {
    return {
      task: task as DataFileFlags["task"],
      data,
      ...etcd ? { etcd } : {},
      ...force ? { force } : {},
    };
  }
  if (!file) throw usage(`data ${task} needs the name of a file`);
  return {
    task: task as BackupFlags["task"],
    data,
    credentials: flags.text("credentials") ?? "credentials.txt",
    file,
    force,
  };
}

function checkEtcdTask(task: string, flags: Parsed): void {
  if (BACKUP_TASKS.includes(task)) {
    throw usage(`data ${task} is about files: save what is in etcd with \`etcdctl snapshot\``);
  }
  if (flags.text("data") !== undefined) throw usage("--data is of no use with --journal");
}
