import { assert, assertEquals } from "@std/assert";
import type { Completion } from "../../lib/cli/completion_list.ts";
import { waitFor } from "../support/wait_for.ts";
import { LiveArea } from "../../lib/cli/live_area.ts";
import { LineEditor } from "../../lib/cli/line_editor.ts";

const encoder = new TextEncoder();
const UNSEEN = { write: () => {}, columns: 80, rows: 24 };

/** An editor that shows nothing, while a line is being asked for. */
function asking(): LineEditor {
  const editor = new LineEditor(new LiveArea(UNSEEN), { onInterrupt: () => {} });
  editor.begin({ prompt: "", isHidden: false, isRemembered: true });
  return editor;
}

/** The line that comes of `text`, which arrives in pieces of `size` bytes. */
function lineOf(text: string, size: number): ReturnType<LineEditor["press"]> {
  using editor = asking();
  const bytes = encoder.encode(text);
  let line: ReturnType<LineEditor["press"]>;
  for (let at = 0; at < bytes.length; at += size) {
    line = editor.press(bytes.subarray(at, at + size));
  }
  return line;
}

Deno.test("a line of 10,000 pasted characters takes no time", () => {
  const pasted = "läb/solution-of-🎬-exercise.pdf ".repeat(320).slice(0, 10_000);
  const began = performance.now();
  assertEquals(lineOf(`${pasted}\r`, 4_096), pasted);
  assert(performance.now() - began < 1_000, "it was drawn again for every character");
});

Deno.test("a Tab completes what was typed before it, and is text within a paste", () => {
  const complete = (line: string) => ({ from: 0, text: `${line}!`, choices: [] });
  using editor = new LineEditor(new LiveArea(UNSEEN), { onInterrupt: () => {}, complete });
  editor.begin({ prompt: "", isHidden: false, isRemembered: true });
  editor.press(encoder.encode("\t\x05a\tb"));
  editor.press(encoder.encode("c\t"));
  assertEquals(editor.press(encoder.encode("\r")), "\ta\tbc!");
});

for (const size of [1, 2, 3, 5, 100]) {
  Deno.test(`keys in pieces of ${size} bytes make the same line`, () => {
    assertEquals(lineOf("lap\x1b[D\x1b[Dx\r", size), "lxap", "Left");
    assertEquals(lineOf("ap\x1b[1~l\x1b[4~y\r", size), "lapy", "Home and End");
    assertEquals(lineOf("get a b\x1bbx\r", size), "get a xb", "Alt-B");
    assertEquals(lineOf("getx\x7f ä🎬\r", size), "get ä🎬", "Backspace");
    assertEquals(lineOf("b\x01a\x05c\r", size), "abc", "Ctrl-A and Ctrl-E");
    const long = "x".repeat(50);
    assertEquals(lineOf(`a\x1b[D${long}\r`, size), `${long}a`, "Left and much text");
  });
}

Deno.test("Enter waits for a completion, so that no half of a name is taken for one", async () => {
  const asked: PromiseWithResolvers<Completion>[] = [];
  const complete = () => {
    const answer = Promise.withResolvers<Completion>();
    asked.push(answer);
    return answer.promise;
  };
  using editor = new LineEditor(new LiveArea(UNSEEN), { onInterrupt: () => {}, complete });
  editor.begin({ prompt: "", isHidden: false, isRemembered: true });
  editor.press(encoder.encode("unp lab\t"));
  const line = editor.press(encoder.encode("\r"));
  asked[0]!.resolve({ from: 4, text: "lab-notes.txt ", choices: [] });
  assertEquals(await line, "unp lab-notes.txt ");

  editor.begin({ prompt: "", isHidden: false, isRemembered: true });
  editor.press(encoder.encode("unp lab\t"));
  const abandoned = editor.press(encoder.encode("\r"));
  editor.abandon();
  asked[1]!.reject(new Error("nobody waits for it"));
  assertEquals(await abandoned, undefined);
  assertEquals(editor.press(encoder.encode("lap\r")), "lap");

  editor.begin({ prompt: "", isHidden: false, isRemembered: true });
  editor.press(encoder.encode("get a\t"));
  editor.press(encoder.encode("b"));
  assertEquals(editor.press(encoder.encode("\r")), "get ab", "what is cancelled is not awaited");
});

Deno.test("a key cancels a completion that is awaited", async () => {
  const asked: AbortSignal[] = [];
  const answers: ((text: string) => void)[] = [];
  const complete = (before: string, signal: AbortSignal): Promise<Completion> => {
    asked.push(signal);
    return new Promise((resolve) => {
      answers.push((text) => resolve({ from: before.length, text, choices: [] }));
    });
  };
  using editor = new LineEditor(new LiveArea(UNSEEN), { onInterrupt: () => {}, complete });
  editor.begin({ prompt: "", isHidden: false, isRemembered: true });
  editor.press(encoder.encode("get a\t"));
  editor.press(encoder.encode("b"));
  answers[0]!("-too-late");
  editor.press(encoder.encode("\t"));
  answers[1]!("-in-time");
  await waitFor("the completion", () => {
    editor.press(new Uint8Array());
    return asked.length === 2 && asked[0]!.aborted;
  });
  await Promise.resolve();
  assertEquals(editor.press(encoder.encode("\r")), "get ab-in-time");
  assertEquals(asked.map(({ aborted }) => aborted), [true, true]);
});

Deno.test("no completion and no history where a password is asked for", () => {
  const complete = () => ({ from: 0, text: "completed", choices: [] });
  using editor = new LineEditor(new LiveArea(UNSEEN), { onInterrupt: () => {}, complete });
  const question = { prompt: "", isHidden: true, isRemembered: false };
  editor.begin({ ...question, isHidden: false, isRemembered: true });
  editor.press(encoder.encode("get a\r"));
  editor.begin(question);
  for (const keys of ["\x1b[A", "\x12", "pw", "\t"]) editor.press(encoder.encode(keys));
  assertEquals(editor.press(encoder.encode("\r")), "pw");
  editor.begin({ ...question, isHidden: false, isRemembered: true });
  assertEquals(editor.press(encoder.encode("\x1b[A\r")), "get a");
});
