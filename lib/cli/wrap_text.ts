/**
 * Text in a column.
 *
 * @module
 */

/** How wide help is: what a terminal has that nobody has made wider. */
export const HELP_COLUMNS = 80;

/** `text` in lines of at most `columns` characters; a longer word has a line of its own. */
export function wrapText(text: string, columns: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A paragraph, indented by `indent` columns. */
export function paragraph(text: string, indent = 0): string[] {
  return wrapText(text, HELP_COLUMNS - indent).map((line) => " ".repeat(indent) + line);
}

/** Widest first column: the texts beside a wider one begin in the next line. */
const WIDEST = 24;

/** Rows of two columns, the second of which is wrapped, indented by `indent` columns. */
export function twoColumns(rows: readonly (readonly [string, string])[], indent = 2): string[] {
  const widths = rows.map(([left]) => left.length).filter((width) => width <= WIDEST);
  const width = Math.max(...widths, 0) + 2;
  const blank = " ".repeat(indent + width);
  return rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrapText(right, HELP_COLUMNS - indent - width);
    const head = " ".repeat(indent) + left;
    const start = left.length > WIDEST
      ? [head, blank + first]
      : [head.padEnd(indent + width) + first];
    return [...start, ...rest.map((line) => blank + line)].map((line) => line.trimEnd());
  });
}
