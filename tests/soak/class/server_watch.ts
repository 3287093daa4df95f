/**
 * What a server does, seen from outside: what the system tells of its process, and its log.
 *
 * @module
 */

import type { Child } from "../../../bench/child.ts";
import { descriptorsOf, processTime, residentMemory } from "../../../bench/proc.ts";
import { Tally } from "../soak_result.ts";

/** A line of the log, as far as it is looked at. */
export interface LogLine {
  readonly event: string;
  readonly verb?: string;
  readonly code?: number;
  readonly reason?: string;
}

/** What the server did in some time. */
export interface ServerSample {
  /** MiB. */
  readonly memory: number;
  readonly descriptors: number;
  /** Milliseconds of a processor. */
  readonly processor: number;
  /** How many lines of the log there were of each kind. */
  readonly lines: Readonly<Record<string, number>>;
}

const EXPECTED = ["listening", "accounts", "received", "answered", "stopping"];

/** What is wrong with `line`, in words that are the same for lines of one kind. */
export function unexpectedIn({ event, verb = "", code, reason = "" }: LogLine): string | undefined {
  if (EXPECTED.includes(event)) return undefined;
  const isNotThere = event === "failed" && code === 404 && (verb === "get" || verb === "unp");
  return isNotThere ? undefined : [event, verb, code, reason].filter(Boolean).join(" ");
}

/** Reads the log of a server that logs JSON to its standard output. */
export class ServerWatch {
  readonly unexpected = new Tally();
  readonly #child: Child;
  #lines: Record<string, number> = {};
  #time: number;

  constructor(child: Child) {
    this.#child = child;
    this.#time = processTime(child.pid);
  }

  /** Reads until the server ends. */
  async read(): Promise<void> {
    for (;;) {
      const line = await this.#child.next<LogLine>().catch(() => undefined);
      if (!line) return;
      this.#lines[line.event] = (this.#lines[line.event] ?? 0) + 1;
      const wrong = unexpectedIn(line);
      if (wrong !== undefined) this.unexpected.add(wrong);
    }
  }

  /** What the server did since the last call. */
  sample(): ServerSample {
    const { pid } = this.#child;
    const [lines, before] = [this.#lines, this.#time];
    this.#lines = {};
    this.#time = processTime(pid);
    return {
      memory: residentMemory(pid),
      descriptors: descriptorsOf(pid),
      processor: Math.max(0, this.#time - before),
      lines,
    };
  }
}
