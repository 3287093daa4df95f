/**
 * Flowcharts, which GitHub draws, as tables: a page of the site needs no program to draw them.
 *
 * @module
 */

import { escapeHtml } from "./html.ts";

/** The arrows of a Mermaid flowchart, from whom to whom. */
export function arrowsIn(chart: string): Map<string, string[]> {
  const names = new Map(
    chart.matchAll(/^\s*(\w+)\["(.*)"\]$/gm).map(([, id, name]) => [id!, name!]),
  );
  const arrows = new Map<string, string[]>();
  for (const [, from, to] of chart.matchAll(/^\s*(\w+) --> (.*)$/gm)) {
    const ends = to!.split(" & ").map((id) => names.get(id) ?? id);
    arrows.set(names.get(from!) ?? from!, ends);
  }
  return arrows;
}

/** The same as a table of HTML. */
export function flowchartTable(chart: string): string {
  const rows = [...arrowsIn(chart)].map(([from, to]) => {
    return `<tr><td>${escapeHtml(from)}</td><td>${escapeHtml(to.join(", "))}</td></tr>`;
  });
  return `<table><thead><tr><th>from</th><th>arrows to</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>\n`;
}
