import { assertEquals } from "@std/assert";
import type { Outcome } from "../../lib/client/outcome.ts";
import { Output } from "../../lib/client/output.ts";
import { BitTrickleError } from "../../lib/errors.ts";

/** An output and what it printed. */
function capture(json: boolean) {
  const printed = { stdout: "", stderr: "" };
  const output = new Output({
    json,
    stdout: (text) => printed.stdout += text,
    stderr: (text) => printed.stderr += text,
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
  name: "an error of standard output itself is told on standard error",
  permissions: "none",
}, () => {
  let stderr = "";
  const full = new BitTrickleError("disk", "Cannot write the output: the disk is full");
  const stdout = () => {
    throw full;
  };
  const output = new Output({ json: true, stdout, stderr: (text) => stderr += text });
  assertEquals([output.error(full), stderr], [7, `${full.message}\n`]);
});
