/**
 * Text in Markdown.
 *
 * @module
 */

/** A table with a heading for each column. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line), ""];
}

/** `text` as code. */
export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

/** Lines of a listing in the language `name`. */
export function listing(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\`\`\`${name}`, ...lines, "```", ""];
}

/** `text` so that no character of it is a mark. */
export function plain(text: string): string {
  return text.replaceAll(/[\\*_<>[\]`#~]/g, "\\$&");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
