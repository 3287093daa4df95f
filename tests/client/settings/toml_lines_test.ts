import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { isTable, linesOfKeys, pathKey } from "../../../lib/client/settings/toml_lines.ts";

const TEXT = `\
# "not a key = 1
user = "hans" # [none]

dir = """
a = 1
[b]
\\"""" # it ends here
list = [ # [
  "]",
  '#',
]
a.b."c.d" = { e = 1, f = { g = 2 } }
[indexes]
[indexes . "lab"]
address = '''
x = 1'''''
[[many]]
one = 1
[[many]]
one = 2
last = 3`;

Deno.test({ name: "each key has the line in which it begins", permissions: "none" }, () => {
  const lines = linesOfKeys(TEXT);
  const expected: readonly (readonly [path: string[], line: number])[] = [
    [["user"], 2],
    [["dir"], 4],
    [["list"], 8],
    [["a"], 12],
    [["a", "b", "c.d"], 12],
    [["a", "b", "c.d", "f", "g"], 12],
    [["indexes"], 13],
    [["indexes", "lab"], 14],
    [["indexes", "lab", "address"], 15],
    [["many"], 17],
    [["many", "one"], 18],
    [["many", "last"], 21],
  ];
  for (const [path, line] of expected) assertEquals(lines.get(pathKey(path)), line, path.join());
});

Deno.test({ name: "line ends of Windows count as one", permissions: "none" }, () => {
  const lines = linesOfKeys("\ufeffa = 1\r\n\r\nb = '''x\r\ny'''\r\nc = 1\r\n");
  assertEquals([...lines.values()], [1, 3, 5]);
});

/** The paths of all keys in `value`. */
function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  if (!isTable(value)) return [];
  return Object.entries(value).flatMap(([key, it]) => {
    return [pathKey([...path, key]), ...pathsOf(it, [...path, key])];
  });
}

const key = fc.oneof(
  fc.constantFrom("user", "a.b", "#", "", "[x]", '"', "'", "\n", "__proto__", "constructor"),
  fc.string({ unit: "grapheme" }),
);
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom("\n", '"', "'", "[", "]", "#", "\\", "=", "{", "}")).map((it) =>
    it.join("")
  ),
);
const leaf = fc.oneof(text, fc.boolean(), fc.integer(), fc.array(text));
const { table } = fc.letrec<{ table: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, leaf, tie("table")),
  table: fc.dictionary(key, tie("value"), { maxKeys: 5 }),
}));

Deno.test({ name: "every key of any text has a line that names it", permissions: "none" }, () => {
  fc.assert(fc.property(table, (value) => {
    const toml = stringify(value);
    const lines = linesOfKeys(toml);
    const count = toml.split("\n").length;
    const parsed = parse(toml);
    for (const path of pathsOf(parsed)) {
      const line = lines.get(path);
      assertEquals(line !== undefined && line >= 1 && line <= count, true, `${path} of ${toml}`);
    }
    assertEquals(lines.size, pathsOf(parsed).length);
  }));
});

Deno.test({
  name: "a text that takes long to read costs no more than its length",
  permissions: "none",
}, () => {
  const texts = [
    "a = [\n" + "1,\n".repeat(20_000) + "]\n",
    "a = '''\n" + "''\n".repeat(20_000) + "'''\n",
    'a = """\n' + '\\"\n'.repeat(20_000) + '"""\n',
    Array.from({ length: 6_000 }, (_, i) => `a${i} = 1\n`).join(""),
  ];
  for (const text of texts) {
    const parsed = parse(text);
    const started = performance.now();
    linesOfKeys(text);
    const ms = performance.now() - started;
    assertEquals(ms < 2_000, true, `${Object.keys(parsed).length} keys took ${ms} ms`);
  }
});
