/**
 * The first five minutes as the README has them, typed line by line into real terminals.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { HAS_TERMINAL } from "../support/screen.ts";
import { isShown, readWalk, type Step } from "../support/walk.ts";
import { WALK_COLUMNS, WalkTerminals } from "../support/walk_terminals.ts";

const README = new URL("../../README.md", import.meta.url);

/** The port that the README names. Here it is a free one. */
const PORT = "5000";

/** A port that nobody uses. */
function freePort(): string {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  socket.close();
  return String((socket.addr as Deno.NetAddr).port);
}

function atPort(step: Step, port: string): Step {
  const change = (text: string) => text.replaceAll(PORT, port);
  return { ...step, typed: change(step.typed), shown: step.shown.map(change) };
}

Deno.test("the README's first five minutes go as it says", { ignore: !HAS_TERMINAL }, async () => {
  const steps = readWalk(await Deno.readTextFile(README));
  assertEquals([...new Set(steps.map(({ terminal }) => terminal))], [1, 2, 3]);
  const lines = steps.flatMap(({ prompt, typed, shown }) => [`${prompt} ${typed}`, ...shown]);
  assertEquals(lines.filter((line) => line.length > WALK_COLUMNS), []);
  const port = freePort();
  await using terminals = await WalkTerminals.open([24, 24, 24]);
  for (const step of steps) await terminals.take(atPort(step, port));
  await terminals.interrupt(1);
});

Deno.test("a walk has what is typed, hidden or not, and what is shown", () => {
  const page = [
    "## The first five minutes",
    "**In all 2 terminals**",
    "```console",
    "$ cd x",
    "```",
    "**Terminal 2: hans**, whose password is `a*7`.",
    "```console",
    "Enter password:",
    "Welcome",
    "…",
    "> sch a",
    "1 file found:",
    "```",
    "## More",
    "```console",
    "$ not this",
    "```",
  ];
  const plain = { isHidden: false, shown: [] };
  assertEquals(readWalk(page.join("\n")), [
    { terminal: 1, prompt: "$", typed: "cd x", ...plain },
    { terminal: 2, prompt: "$", typed: "cd x", ...plain },
    {
      terminal: 2,
      prompt: "Enter password:",
      typed: "a*7",
      isHidden: true,
      shown: ["Welcome", "…"],
    },
    { terminal: 2, prompt: ">", typed: "sch a", isHidden: false, shown: ["1 file found:"] },
  ]);
});

Deno.test("what is shown may have more between and around it where the page says so", () => {
  assert(isShown(["a", "…", "b …"], ["a", "x", "b 24 B"]));
  assert(isShown(["… b"], ["10:00 b"]));
  assert(!isShown(["a", "b"], ["b", "a"]));
  assert(!isShown(["b"], ["b 24 B"]));
});
