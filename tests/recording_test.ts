/**
 * Recordings of terminals, and the one that the README shows.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MAY_USE_DISK } from "./support/permission.ts";
import { formatCast, pacedFrames, parseCast, type Recording } from "./support/recording.ts";
import { drawRecording } from "./support/recording_picture.ts";
import { readWalk } from "./support/walk.ts";
import { CAST, PICTURE, README } from "./support/walk_recording.ts";

const WITH_DISK = { ignore: !MAY_USE_DISK };
const MOST_BYTES = 100_000;
const AGAIN = "run `deno task recording`";

const SMALL: Recording = {
  title: "a & b",
  columns: 20,
  rows: 2,
  frames: pacedFrames([
    { isTyped: true, rows: ["$ cat <x", ""] },
    { isTyped: false, rows: ["$ cat <x", "1  2"] },
  ]),
};

Deno.test("a recording is read as it was written", () => {
  assertEquals(parseCast(formatCast(SMALL)), SMALL);
});

Deno.test("a recording begins with its size, and draws every frame anew", () => {
  assertEquals(formatCast(SMALL).split("\n"), [
    '{"version":2,"width":20,"height":2,"title":"a & b"}',
    '[0,"o","\\u001b[2J\\u001b[H$ cat <x\\r\\n"]',
    '[0.8,"o","\\u001b[2J\\u001b[H$ cat <x\\r\\n1  2"]',
    "",
  ]);
});

Deno.test("a picture holds each text once, escaped, and is for light and dark pages", () => {
  const picture = drawRecording(SMALL);
  assertEquals(picture.split("$ cat &lt;x").length, 2);
  assertStringIncludes(picture, "<title>a &amp; b</title>");
  assertStringIncludes(picture, "prefers-color-scheme:dark");
  assertStringIncludes(picture, "prefers-reduced-motion");
});

Deno.test("the picture in the README is that of the recording, and small", WITH_DISK, async () => {
  const recording = parseCast(await Deno.readTextFile(CAST));
  const picture = await Deno.readTextFile(PICTURE);
  assertEquals(picture, drawRecording(recording), AGAIN);
  assert(new TextEncoder().encode(picture).length < MOST_BYTES);
});

Deno.test("the recording holds every line that the README types", WITH_DISK, async () => {
  const { frames } = parseCast(await Deno.readTextFile(CAST));
  const rows = new Set(frames.flatMap((frame) => frame.rows));
  const steps = readWalk(await Deno.readTextFile(README)).filter(({ isHidden }) => !isHidden);
  const lines = steps.map(({ prompt, typed }) => `${prompt} ${typed}`);
  assertEquals(lines.filter((line) => !rows.has(line)), [], AGAIN);
});
