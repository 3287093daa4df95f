/**
 * A shell that is typed to by a program: a line in, an object out.
 *
 * @module
 */

import type { Program } from "../support/program.ts";
import { waitFor } from "../support/wait_for.ts";

/** What came of a command. */
export interface Answer {
  readonly type: "result" | "error" | "progress";
  readonly verb: string;
  /** Of an error. */
  readonly code?: string;
  readonly message?: string;
  /** Of a list. */
  readonly items?: readonly string[];
}

/** Types commands to a client that was started with `--json`, one at a time. */
export class JsonShell {
  readonly #program: Program;
  #read: number;

  /** @param program A client to whom no command is being typed. */
  constructor(program: Program) {
    this.#program = program;
    this.#read = program.stdout.length;
  }

  /**
   * Types `line` and returns what came of it.
   *
   * @throws {AssertionError} If nothing has within `ms`.
   */
  async run(line: string, ms: number): Promise<Answer> {
    return (await this.runUntil(line, ms))!;
  }

  /** The same, but returns nothing if `stopped` fires before. */
  async runUntil(line: string, ms: number, stopped?: AbortSignal): Promise<Answer | undefined> {
    await this.#program.type(line);
    const verb = line.split(" ")[0]!;
    let answer: Answer | undefined;
    await waitFor(`the end of ${line}`, () => {
      answer = this.#newObjects().find((object) => {
        return object.verb === verb && object.type !== "progress";
      });
      return answer !== undefined || stopped?.aborted === true;
    }, ms);
    return answer;
  }

  /** Objects that have been written since. */
  #newObjects(): Answer[] {
    const end = this.#program.stdout.lastIndexOf("\n") + 1;
    if (end <= this.#read) return [];
    const lines = this.#program.stdout.slice(this.#read, end).trimEnd().split("\n");
    this.#read = end;
    return lines.map((line) => JSON.parse(line));
  }
}
