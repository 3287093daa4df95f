import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { displayWidth } from "../../lib/cli/display_width.ts";
import { type EditedLine, endPlace } from "../../lib/cli/line_layout.ts";
import { LiveArea } from "../../lib/cli/live_area.ts";
import { graphemesOf } from "../../lib/cli/edit_buffer.ts";
import { TerminalModel } from "../support/terminal_model.ts";

const PURE = { permissions: "none" } as const;

/** Characters of every width, and what must not reach a terminal as it is. */
const character = fc.constantFrom(..."ab -映画🎬é\u202e\x07");
const typed = fc.string({ unit: character, maxLength: 90 });
const plain = fc.string({ unit: fc.constantFrom(..."ab -映🎬"), maxLength: 60 });

/** Something that happens at the bottom of a terminal. */
type Event =
  | { readonly kind: "type"; readonly text: string; readonly at: number }
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "end" }
  | { readonly kind: "status"; readonly index: number; readonly text: string };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant("type" as const),
    text: typed,
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant("print" as const), text: plain }),
  fc.constant({ kind: "end" as const }),
  fc.record({ kind: fc.constant("status" as const), index: fc.nat(2), text: plain }),
);

/** `text` in rows of so many columns, as a terminal wraps it. */
function wrapped(text: string, columns: number): string[] {
  const rows = [""];
  for (const it of graphemesOf(text)) {
    const isFull = displayWidth(rows.at(-1)!) + displayWidth(it) > columns;
    if (isFull) rows.push(it);
    else rows[rows.length - 1] += it;
  }
  return rows;
}

function lineOf(text: string, at: number): EditedLine {
  const before = graphemesOf(text).slice(0, Math.floor(at * graphemesOf(text).length)).join("");
  return { prompt: "> ", text, cursor: before.length };
}

Deno.test({ name: "what is printed, told and typed stands in this order", ...PURE }, () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 40 }), fc.array(event), (columns, events) => {
      const model = new TerminalModel(columns);
      using area = new LiveArea(model);
      const lines = Array.from({ length: 3 }, () => area.addStatus()!);
      const told = ["", "", ""];
      const above: string[] = [];
      let line: EditedLine | undefined;
      for (const it of events) {
        if (it.kind === "type") area.showLine(line = lineOf(it.text, it.at));
        else if (it.kind === "status") {
          const text = told[it.index] = it.text;
          lines[it.index]!.show(() => text);
        } else if (it.kind === "print") {
          above.push(...wrapped(it.text, columns));
          area.above(() => model.write(`${it.text}\n`));
        } else if (line) {
          above.push(...wrapped(line.prompt + shownOf(line.text), columns));
          line = undefined;
          area.endLine();
        }
      }
      area.resize(); // Status lines are not drawn at once.
      const shown = [...above, ...statusOf(told, columns), ...line ? rowsOf(line, columns) : []];
      assertEquals(model.text.split("\n"), trimmed(shown));
      if (!line) return;
      const { row, column } = endPlace("> " + shownOf(line.text.slice(0, line.cursor)), columns);
      const top = shown.length - rowsOf(line, columns).length;
      assertEquals(model.cursor, { row: top + row, column });
    }),
    { numRuns: 300 },
  );
});

function statusOf(told: readonly string[], columns: number): string[] {
  return told.filter((it) => it !== "").map((it) => {
    return displayWidth(it) < columns ? it : cut(it, columns - 1);
  });
}

function cut(text: string, columns: number): string {
  let kept = "";
  for (const it of text) {
    if (displayWidth(kept + it) > columns - 1) break;
    kept += it;
  }
  return `${kept}…`;
}

/** The rows of a line with its prompt: a full one is followed by the row in which one types on. */
function rowsOf(line: EditedLine, columns: number): string[] {
  const rows = wrapped(line.prompt + shownOf(line.text), columns);
  return displayWidth(rows.at(-1)!) === columns ? [...rows, ""] : rows;
}

function shownOf(text: string): string {
  return text.replaceAll("\u202e", "\\u{202e}").replaceAll("\x07", "\\u{7}");
}

function trimmed(rows: readonly string[]): string[] {
  return rows.map((row) => row.trimEnd()).join("\n").trimEnd().split("\n");
}

Deno.test({ name: "status lines leave the line its place on a low screen", ...PURE }, () => {
  const model = new TerminalModel(30, 5);
  using area = new LiveArea(model);
  const lines = Array.from({ length: 6 }, () => area.addStatus()!);
  for (const [i, line] of lines.entries()) line.show(() => `job ${i}`);
  area.showLine({ prompt: "> ", text: "typed", cursor: 5 });
  assertEquals(model.text, "job 0\njob 1\n… and 4 more\n> typed");
});

Deno.test(
  { name: "a status line that is disposed of is gone, hidden ones come back", ...PURE },
  () => {
    const model = new TerminalModel(30);
    using area = new LiveArea(model);
    const [first, second] = [area.addStatus()!, area.addStatus()!];
    first.show(() => "first");
    second.show(() => "second");
    area.resize();
    {
      using _ = area.hideStatus();
      assertEquals(model.text, "");
    }
    assertEquals(model.text, "first\nsecond");
    first[Symbol.dispose]();
    assertEquals(model.text, "second");
  },
);

Deno.test(
  { name: "after a resize that a terminal has wrapped, nothing is left over", ...PURE },
  () => {
    const screen = {
      columns: 40,
      rows: 24,
      written: "",
      write: (text: string) => void (screen.written = text),
    };
    using area = new LiveArea(screen);
    area.addStatus()!.show(() => "s".repeat(39));
    area.showLine({ prompt: "> ", text: "t".repeat(50), cursor: 50 });
    screen.columns = 20;
    area.resize();
    // Two rows of the status line, and the cursor in the third row of 52 characters.
    assertEquals(screen.written.startsWith("\r\x1b[4A"), true, JSON.stringify(screen.written));
  },
);
