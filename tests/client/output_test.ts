import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Outcome } from "../../lib/client/outcome.ts";
import { Output } from "../../lib/client/output.ts";
import { BitTrickleError } from "../../lib/errors.ts";

/** An output and what it printed. */
function capture(json: boolean, quiet = false) {
  const printed = { stdout: "", stderr: "" };
  const output = new Output({
    json,
    quiet,
    stdout: (text) => void (printed.stdout += text),
    stderr: (text) => void (printed.stderr += text),
  });
  return { output, printed };
}

const FOUND: Outcome = {
  lines: ["1 file found:", "a.txt"],
  fields: { items: ["a.txt"], more: 0 },
};
const MISSING: Outcome = {
  lines: ["File not found"],
  fields: { name: "a.txt" },
  failure: "not_found",
};

Deno.test({ name: "Output.outcome() prints a result to stdout", permissions: "none" }, () => {
  const { output, printed } = capture(false);
  assertEquals(output.outcome("sch", FOUND), 0);
  assertEquals(printed, { stdout: "1 file found:\na.txt\n", stderr: "" });
});

Deno.test({
  name: "Output.outcome() prints a failure to stdout, where the original did",
  permissions: "none",
}, () => {
  const { output, printed } = capture(false);
  assertEquals(output.outcome("get", MISSING), 3);
  assertEquals(printed, { stdout: "File not found\n", stderr: "" });
});

Deno.test({ name: "Output.outcome() prints one JSON object a line", permissions: "none" }, () => {
  const { output, printed } = capture(true);
  assertEquals(output.outcome("sch", FOUND), 0);
  assertEquals(output.outcome("get", MISSING), 3);
  assertEquals(printed, {
    stdout: '{"v":1,"type":"result","verb":"sch","items":["a.txt"],"more":0}\n' +
      '{"v":1,"type":"error","verb":"get","code":"not_found","message":"File not found",' +
      '"name":"a.txt"}\n',
    stderr: "",
  });
});

Deno.test({ name: "Output.error() prints the message to stderr", permissions: "none" }, () => {
  const { output, printed } = capture(false);
  assertEquals(output.error(new BitTrickleError("timeout", "No answer"), "lap"), 4);
  assertEquals(printed, { stdout: "", stderr: "No answer\n" });
});

Deno.test(
  { name: "Output.error() prints an error object with its code", permissions: "none" },
  () => {
    const { output, printed } = capture(true);
    assertEquals(output.error(new BitTrickleError("disk", "Disk full"), "get"), 7);
    assertEquals(output.error(new BitTrickleError("usage", "No port")), 2);
    assertEquals(printed, {
      stdout: '{"v":1,"type":"error","verb":"get","code":"disk","message":"Disk full"}\n' +
        '{"v":1,"type":"error","code":"usage","message":"No port"}\n',
      stderr: "",
    });
  },
);

function unexpected(what: string): string {
  return `Stopped by an unexpected fault (${what}): please report it, and what led to it`;
}

Deno.test({
  name: "Output.error() calls unexpected what nobody foresaw",
  permissions: "none",
}, () => {
  const { output, printed } = capture(true);
  assertEquals(output.error(new TypeError("x is not a function")), 1);
  assertEquals(output.error("thrown text"), 1);
  const lines = printed.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines, [
    { v: 1, type: "error", code: "unexpected", message: unexpected("x is not a function") },
    { v: 1, type: "error", code: "unexpected", message: unexpected("thrown text") },
  ]);
});

Deno.test(
  { name: "Output escapes hostile text in errors and objects", permissions: "none" },
  () => {
    const hostile = "\x1b[2J\u202e\u2028";
    const text = capture(false);
    text.output.error(new BitTrickleError("network", hostile));
    assertEquals(text.printed.stderr, "\\u{1b}[2J\\u{202e}\\u{2028}\n");
    const json = capture(true);
    json.output.event("result", { items: [hostile] });
    assertEquals(
      json.printed.stdout,
      String.raw`{"v":1,"type":"result","items":["\u001b[2J\u202e\u2028"]}` + "\n",
    );
  },
);

Deno.test({
  name: "Output.say() and note() are for people, event() is for programs",
  permissions: "none",
}, () => {
  const text = capture(false);
  text.output.say("Welcome");
  text.output.note("By the way");
  text.output.event("restored", { missing: [] });
  assertEquals(text.printed, { stdout: "Welcome\n", stderr: "By the way\n" });
  const json = capture(true);
  json.output.say("Welcome");
  json.output.note("By the way");
  json.output.event("restored", { missing: [] });
  assertEquals(json.printed, { stdout: '{"v":1,"type":"restored","missing":[]}\n', stderr: "" });
});

Deno.test({
  name: "what happens meanwhile tells when, in UTC",
  permissions: "none",
}, () => {
  let stdout = "";
  const sinks = { stdout: (text: string) => void (stdout += text), stderr: () => {} };
  const output = new Output({ json: true, ...sinks, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) });
  output.happened("news", { news: "gone" });
  const time = "2026-01-02T03:04:05.006Z";
  assertEquals(stdout, `{"v":1,"type":"news","time":"${time}","news":"gone"}\n`);
});

Deno.test({ name: "quiet prints results and errors alone", permissions: "none" }, () => {
  for (const json of [false, true]) {
    const { output, printed } = capture(json, true);
    output.note("By the way");
    output.remark("By the way");
    assertEquals(printed, { stdout: "", stderr: "" });
    output.outcome("sch", FOUND);
    output.error(new BitTrickleError("timeout", "No answer"));
    assertStringIncludes(printed.stdout, "a.txt");
    assertStringIncludes(json ? printed.stdout : printed.stderr, "No answer");
  }
});

/** An output of which only `writes` can be written, and then `error` is thrown. */
function failing(error: BitTrickleError, json: boolean, writes = 0) {
  const printed = { stdout: "", stderr: "" };
  const stdout = (text: string) => {
    if (writes-- <= 0) throw error;
    printed.stdout += text;
  };
  return {
    output: new Output({ json, stdout, stderr: (text) => void (printed.stderr += text) }),
    printed,
  };
}

const FULL = new BitTrickleError("disk", "Cannot write the output: the disk is full");
const GONE = new BitTrickleError("reader_gone", "whoever read the output has left");

Deno.test({ name: "a full disk is told once, and is the exit code", permissions: "none" }, () => {
  for (const json of [false, true]) {
    const { output, printed } = failing(FULL, json);
    assertEquals([output.outcome("sch", FOUND), output.outcome("get", MISSING)], [7, 7]);
    assertEquals(output.readerGone.aborted, false);
    assertEquals(printed.stderr, `${FULL.message}\n`);
  }
});

Deno.test(
  { name: "an error that standard output lost is told elsewhere", permissions: "none" },
  () => {
    const { output, printed } = failing(FULL, true);
    assertEquals(output.error(new BitTrickleError("timeout", "No answer")), 7);
    assertEquals(printed.stderr, `${FULL.message}\nNo answer\n`);
  },
);

Deno.test({ name: "nothing is said to a reader who has left", permissions: "none" }, () => {
  for (const json of [false, true]) {
    const { output, printed } = failing(GONE, json);
    assertEquals(output.outcome("sch", FOUND), 141);
    assertEquals(output.readerGone.aborted, true);
    output.note("By the way");
    assertEquals([output.error(FULL), printed], [141, { stdout: "", stderr: "" }]);
  }
});

Deno.test({ name: "the lines of a result are written at once", permissions: "none" }, () => {
  const { output, printed } = failing(GONE, false, 1);
  assertEquals(output.outcome("sch", FOUND), 0);
  assertEquals(printed.stdout, "1 file found:\na.txt\n");
});

Deno.test({
  name: "a reader that is behind is told how much was left out, and gets every result",
  permissions: "none",
}, () => {
  let stdout = "";
  let isFull = true;
  const output = new Output({
    json: true,
    stdout: (text) => void (stdout += text),
    stderr: () => {},
    now: () => 0,
    isFull: () => isFull,
  });
  output.happened("news", { news: "gone" });
  output.outcome("get", MISSING);
  output.happened("news", { news: "back" });
  isFull = false;
  output.happened("news", { news: "gone" });
  const [result, note, news] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([result.type, note.type, news.news], ["error", "note", "gone"]);
  assertStringIncludes(note.message, "2 lines");
});

Deno.test({
  name: "what turns out later not to be written decides the exit code",
  permissions: "none",
}, async () => {
  const gone = Promise.reject(new BitTrickleError("reader_gone", "left"));
  const output = new Output({ json: false, stdout: () => gone, stderr: () => {} });
  assertEquals(output.outcome("sch", FOUND), 0);
  await gone.catch(() => {});
  assertEquals([output.exitCode(0), output.readerGone.aborted], [141, true]);
});
