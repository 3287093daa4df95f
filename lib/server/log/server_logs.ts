/**
 * The log and the audit trail of one server.
 *
 * @module
 */

import { isAudited } from "./audit.ts";
import type { LineCause } from "./log_budget.ts";
import { LogFile } from "./log_file.ts";
import type { LogEvent } from "./log_text.ts";
import type { LogSink, LogWatcher } from "./log_gap.ts";
import { ServerLog } from "./server_log.ts";
import type { LogFormat } from "../flags/serve_flags.ts";

/** Hears what happens on a server. */
export type OnLogEvent = (event: LogEvent, cause?: LineCause) => void;

/** Where logs go, and how. */
export interface ServerLogsOptions extends LogWatcher {
  readonly log: LogFormat;
  readonly logFile: string | undefined;
  readonly audit: string | undefined;
  /** Where the log goes without a file. */
  readonly output: LogSink;
}

/** Its owner writes a log, and others of its group may watch it. */
const LOG_MODE = 0o640;
const AUDIT_MODE = 0o600;

/** Writes what happens wherever somebody wants to read it. */
export class ServerLogs implements AsyncDisposable {
  readonly #files: LogFile[] = [];
  readonly #log: ServerLog | undefined;
  readonly #audit: ServerLog | undefined;

  /** @throws {BitTrickleError} `disk` for a file that cannot be opened */
  constructor({ log, logFile, audit, output, ...watcher }: ServerLogsOptions) {
    if (log !== "off") {
      this.#log = new ServerLog(log, this.#open(logFile, LOG_MODE) ?? output, watcher);
    }
    const auditFile = this.#open(audit, AUDIT_MODE);
    this.#audit = auditFile && new ServerLog("json", auditFile, watcher);
  }

  /** Hears of events, if any of them is to be written. */
  get onEvent(): OnLogEvent | undefined {
    if (!this.#log && !this.#audit) return undefined;
    return (event, cause) => {
      this.#log?.write(event, cause);
      if (isAudited(event)) this.#audit?.write(event, cause);
    };
  }

  /**
   * Opens all files anew, as after somebody has given them other names.
   *
   * @param onFault Hears of each that cannot be opened: the old file is then written on
   */
  reopen(onFault: (error: unknown) => void): void {
    for (const file of this.#files) {
      try {
        file.reopen();
      } catch (error) {
        onFault(error);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log?.[Symbol.asyncDispose]();
    await this.#audit?.[Symbol.asyncDispose]();
    for (const file of this.#files) file[Symbol.dispose]();
  }

  #open(path: string | undefined, mode: number): LogSink | undefined {
    if (path === undefined) return undefined;
    const file = new LogFile(path, mode);
    this.#files.push(file);
    return (lines) => file.append(lines);
  }
}
