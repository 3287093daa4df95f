import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { EditBuffer, graphemesOf } from "../../lib/cli/edit_buffer.ts";

const PURE = { permissions: "none" } as const;

const MOVES = ["left", "right", "home", "end", "wordLeft", "wordRight"] as const;
const CUTS = ["killStart", "killEnd", "killWordLeft", "killWordRight"] as const;
const edit = fc.oneof(
  fc.record({ insert: fc.string({ unit: fc.constantFrom(..."ab /ä🎬"), maxLength: 5 }) }),
  fc.constantFrom(...MOVES, ...CUTS, "backspace", "delete", "yank"),
);

Deno.test(
  { name: "no edit loses or doubles a character, or leaves the cursor in one", ...PURE },
  () => {
    fc.assert(fc.property(fc.array(edit), (edits) => {
      const buffer = new EditBuffer();
      for (const it of edits) {
        const { text: before, cursor } = buffer;
        if (typeof it === "object") {
          buffer.insert(it.insert);
          assertEquals(buffer.text, before.slice(0, cursor) + it.insert + before.slice(cursor));
        } else {
          buffer[it]();
          checkEdit(it, { before, cursor }, buffer);
        }
        const left = graphemesOf(buffer.text.slice(0, buffer.cursor));
        const right = graphemesOf(buffer.text.slice(buffer.cursor));
        assertEquals([...left, ...right], graphemesOf(buffer.text));
      }
    }));
  },
);

function checkEdit(
  edit: string,
  { before, cursor }: { readonly before: string; readonly cursor: number },
  buffer: EditBuffer,
): void {
  const removed = before.length - buffer.text.length;
  if ((MOVES as readonly string[]).includes(edit)) return assertEquals(buffer.text, before);
  if (edit === "yank") return assertEquals(buffer.text.endsWith(before.slice(cursor)), true);
  const isLeft = ["backspace", "killStart", "killWordLeft"].includes(edit);
  const start = isLeft ? cursor - removed : cursor;
  assertEquals(buffer.text, before.slice(0, start) + before.slice(start + removed));
  assertEquals(buffer.cursor, start);
  if (!(CUTS as readonly string[]).includes(edit)) return;
  const again = new EditBuffer();
  again.set(buffer.text, buffer.cursor);
  buffer.yank();
  assertEquals(buffer.text, before, "what was cut out comes back");
  buffer.set(again.text, again.cursor);
}

Deno.test(
  { name: "Ctrl-W takes a word with its folder, Alt-B moves by its parts", ...PURE },
  () => {
    const buffer = new EditBuffer();
    buffer.set("get lab/one two  ");
    buffer.killWordLeft();
    assertEquals(buffer.text, "get lab/one ");
    buffer.wordLeft();
    assertEquals(buffer.before, "get lab/");
    buffer.killWordLeft();
    assertEquals(buffer.text, "get one ");
  },
);
