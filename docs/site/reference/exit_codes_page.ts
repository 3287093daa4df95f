/**
 * The page of exit codes, from the manuals of both programs.
 *
 * @module
 */

import type { ProgramManual } from "../../../lib/cli/manual/manual.ts";
import { code, plain, table } from "./markdown_text.ts";

const TITLE = "Exit codes";

/** The lines of the page. */
export function exitCodesPage(manuals: readonly ProgramManual[]): string[] {
  return [
    `# ${TITLE}`,
    "",
    "How a program ends says what came of it. [Errors](../errors.md) lists what each error means, " +
    "and what to do; [scripts](../scripts.md) tells how to use the codes.",
    "",
    ...manuals.flatMap(({ name, sections }) => [
      `## ${name}`,
      "",
      ...table(["code", "meaning"], rowsOf(sections)),
    ]),
  ];
}

function rowsOf(sections: ProgramManual["sections"]): string[][] {
  const { rows = [] } = sections.find(({ title }) => title === TITLE) ?? {};
  return rows.map(([name, text]) => [code(name), plain(text)]);
}
