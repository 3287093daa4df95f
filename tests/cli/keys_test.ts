import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Key, KeyDecoder } from "../../lib/cli/keys.ts";

const PURE = { permissions: "none" } as const;

/** What a user's keys and pastes send. */
const sent = fc.array(fc.constantFrom(
  ...["a", "ä🎬", "\r", "\x7f", "\x01", "\x03", "\x1b[A", "\x1b[1;5D", "\x1bOF", "\x1b[3~"],
  ...["\x1bb", "\x1b\x7f", "\x1b[200~", "\x1b\x1b[C", "\x1b[?1;2;3;4;5;6;7;8;9;10", "\x1b"],
));

/** `keys` with neighbouring texts put together. */
function merged(keys: readonly Key[]): Key[] {
  const all: Key[] = [];
  for (const key of keys) {
    const last = all.at(-1);
    if (last && "text" in last && "text" in key) {
      all[all.length - 1] = { text: last.text + key.text };
    } else all.push(key);
  }
  return all;
}

Deno.test({ name: "keys are the same however their characters arrive", ...PURE }, () => {
  fc.assert(fc.property(sent, (parts) => {
    const text = parts.join("");
    const [whole, single] = [new KeyDecoder(), new KeyDecoder()];
    assertEquals(merged([...text].flatMap((it) => single.decode(it))), merged(whole.decode(text)));
  }));
});

const KEYS: readonly (readonly [sent: string, keys: readonly Key[]])[] = [
  ["\x1b[1;5C", [{ name: "word-right" }]],
  ["\x1b[1;3D", [{ name: "word-left" }]],
  ["\x1b[H\x1bOH\x1b[1~", [{ name: "home" }, { name: "home" }, { name: "home" }]],
  ["\x1b[5~x", [{ name: "unknown" }, { text: "x" }]],
  ["a\tb\t", [{ text: "a\tb" }, { name: "tab" }]],
  ["\x12\x07", [{ name: "search" }, { name: "cancel" }]],
  ["\x9b", [{ name: "unknown" }]],
];

for (const [sent, keys] of KEYS) {
  Deno.test({ name: `${JSON.stringify(sent)} is ${JSON.stringify(keys)}`, ...PURE }, () => {
    assertEquals(new KeyDecoder().decode(sent), keys);
  });
}
