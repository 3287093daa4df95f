/**
 * What a scan is asked for, and what it tells.
 *
 * @module
 */

import type { SharePatterns } from "../share/ignore_rules.ts";
import type { Skipped } from "../share/list_tree.ts";

/** A folder or file that is shared as a whole. */
export interface ScanRoot {
  /** Its name in the shared folder; `.` is that itself. */
  readonly name: string;
  readonly path: string;
  readonly isFolder: boolean;
  /** Whether something of it is published: then it should not be empty at the first scan. */
  readonly isExpected: boolean;
}

/** What is scanned. */
export interface ScanSetting {
  /** The shared folder, without links. */
  readonly folder: string;
  readonly roots: readonly ScanRoot[];
  readonly patterns: SharePatterns;
}

/** One scan. All folders are looked at, and as many files as it says. */
export interface ScanJob {
  /** Names of files that have to be answered, whether they have changed or not. */
  readonly asked: readonly string[];
  /** Names of files that are looked at first. */
  readonly hints: readonly string[];
  /** How many of the other files are looked at, in turns. */
  readonly most: number;
}

/** What a file is like. */
export interface Seen {
  readonly name: string;
  /** A text that is another one after any change; nothing if it is not there, or is left out. */
  readonly state: string | undefined;
  /** Whether it is not told because the rules leave it out. @default {false} */
  readonly isOut?: boolean;
  /** When it, or what the system knows of it, was last changed, in milliseconds since 1970. */
  readonly modified: number;
}

/** What has come of a scan. */
export interface ScanReply {
  /** Files that were asked for or have changed since the scan before, each once. */
  readonly seen: readonly Seen[];
  /** Folders of which nothing can be told at this moment, as after an unmount, and why not. */
  readonly away: readonly Skipped[];
  /** What cannot be published and was not told before. */
  readonly skipped: readonly Skipped[];
  /** How many files and folders are left out by rules in all. */
  readonly ignored: number;
  /** How many files there are. */
  readonly count: number;
}

/** What a thread that scans is told: what to scan, before all else; then one job after the other. */
export type ScanRequest = { readonly setting: ScanSetting } | { readonly job: ScanJob };

/** What it answers to each job. */
export type ScanAnswer = { readonly reply: ScanReply } | { readonly fault: string };
