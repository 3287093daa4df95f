import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../../lib/errors.ts";
import { type Config, parseConfig } from "../../../lib/client/settings/config_file.ts";

const PURE = { permissions: "none" } as const;
const PATH = "/home/hans/.config/bittrickle/config.toml";

function read(text: string): Config {
  return parseConfig(text, PATH, "/home/hans");
}

/** The texts of settings and their lines. */
function shown(settings: Config["settings"]): Record<string, string> {
  return Object.fromEntries(
    [...settings].map(([name, { text, origin }]) => {
      assert(origin.from === "file" && origin.path === PATH);
      return [name, `${text} (${origin.line})`];
    }),
  );
}

Deno.test({ ...PURE, name: "a file gives settings, and indexes with their own" }, () => {
  const config = read(`\
# Mine
index = "lab"
user = "hans"
patience = 90
share = true
limit-up = "5M"

[indexes.lab]
address = "lab.example.org"
dir = "~/lab"
protocol = 1

[indexes]
home = { address = "[fd00::1]:5000", password-file = "../secret" }
`);
  assertEquals(shown(config.settings), {
    "index": "lab (2)",
    "user": "hans (3)",
    "patience": "90 (4)",
    "share": "true (5)",
    "limit-up": "5M (6)",
  });
  const [lab, home] = ["lab", "home"].map((name) => config.indexes.get(name)!);
  assertEquals([lab!.addresses, lab!.line], [[{ hostname: "lab.example.org", port: 16_980 }], 9]);
  assertEquals(shown(lab!.settings), { dir: "/home/hans/lab (10)", protocol: "1 (11)" });
  assertEquals([home!.addresses, home!.line], [[{ hostname: "fd00::1", port: 5_000 }], 14]);
  assertEquals(shown(home!.settings), { "password-file": "/home/hans/.config/secret (14)" });
});

Deno.test({ ...PURE, name: "an index may have several servers, in a text or a list" }, () => {
  const { settings, indexes } = read(`\
index = "a:5000,b:5000"
[indexes.text]
address = "a:5000, b:5000"
[indexes.list]
address = [
  "a:5000",
  "b:5000",
]
`);
  const servers = [{ hostname: "a", port: 5_000 }, { hostname: "b", port: 5_000 }];
  for (const { addresses } of indexes.values()) assertEquals(addresses, servers as never);
  assertEquals([...indexes.values()].map(({ line }) => line), [3, 5]);
  assertEquals(shown(settings), { index: "a:5000,b:5000 (1)" });
});

Deno.test({ ...PURE, name: "an empty file says nothing" }, () => {
  for (const text of ["", "\n# only this\n", "[indexes]\n"]) {
    const { settings, indexes } = read(text);
    assertEquals([settings.size, indexes.size], [0, 0]);
  }
});

Deno.test({ ...PURE, name: "~ is the home folder, where there is one and nowhere else" }, () => {
  const dirOf = (dir: string, home: string | undefined) => {
    return parseConfig(`dir = '${dir}'`, PATH, home).settings.get("dir")!.text;
  };
  assertEquals(dirOf("~", "/h"), "/h");
  assertEquals(dirOf("~/a b", "/h"), "/h/a b");
  assertEquals(dirOf("/x/~", "/h"), "/x/~");
  assertEquals(dirOf("~hans/x", "/h"), "/home/hans/.config/bittrickle/~hans/x");
  assertEquals(dirOf("~/a", undefined), "/home/hans/.config/bittrickle/~/a");
});

const FAULTS: readonly (readonly [text: string, line: number, reason: string])[] = [
  ["user = hans", 1, "line 1: "],
  ["\n\nuser = 'a'\nuser = 'b'", 4, "trying to redefine"],
  ["index = 'a'\n[index.lab]\naddress = 'x'", 2, "trying to redefine"],
  ["# x\n[index.lab]\naddress = 'x'", 2, "those with a name are [indexes.lab]"],
  ["usr = 'hans'", 1, '"usr" is not a key; did you mean "user"?'],
  ["\npassword_file = 'x'", 2, 'did you mean "password-file"?'],
  ["folder = 'x'", 1, '"folder" is not a key; say "dir"'],
  ["no-swarm = true", 1, '"no-swarm" is not a key; say "swarm"'],
  ["json = true", 1, '"json" is not a key: index, user, password-file, dir'],
  ["address = 'x'", 1, '"address" is not a key: index, user'],
  ["[index]", 1, "index is the default one"],
  ["[indices.lab]", 1, 'did you mean "indexes"?'],
  ["'\\u001b' = 1", 1, '"\\u001b" is not a key'],
  ['"\\u001b[2J" = 1', 1, '"\\u{1b}[2J" is not a key'],
  ["__proto__ = 1", 1, '"__proto__" is not a key'],
  ["constructor.x = 1", 1, '"constructor" is not a key'],
  ["\nindex = 'x:0'", 2, "index port 0 cannot be talked to"],
  ["index = 'two words'", 1, 'index "two words" is not [host:]port'],
  ["\npassword-file = 'x'", 2, "password-file needs a user beside it, whose password it is"],
  ["user = 7", 1, "user takes a text in quotes, not a number"],
  ["user = ''", 1, "user is empty"],
  ["user = 'a b'", 1, 'user "a b": it holds a space'],
  ["share = 'yes'", 1, "share takes true or false, not a text"],
  ["swarm = 1", 1, "swarm takes true or false, not a number"],
  ["dir = ['a']", 1, "dir takes a text in quotes, not a list"],
  ["dir = 2026-01-01", 1, "dir takes a text in quotes, not a date"],
  ["patience = 1.5", 1, "patience takes a text in quotes or a whole number, not a fraction"],
  ["patience = 'soon'", 1, 'patience takes a time up to 30 days, as 90, 90s, 5m or 2h, not "soon"'],
  [
    "limit-down = 5",
    1,
    'limit-down is at least 32k bytes per second, as 500k or 5M, or off, not "5"',
  ],
  ["protocol = 3", 1, 'protocol takes 1 or 2, not "3"'],
  ["user.x = 1", 1, "user takes a text in quotes, not a table"],
  ["indexes = 'lab'", 1, "indexes holds tables: [indexes.lab]"],
  ["[[indexes]]\naddress = 'x'", 1, "indexes holds tables: [indexes.lab]"],
  ["indexes.lab = 'x'", 1, "indexes holds tables: [indexes.lab]"],
  ["\n[indexes.lab]\nuser = 'x'", 2, 'index "lab" needs an address'],
  ["[indexes.lab]\naddress = 'x:0'", 2, "address port 0 cannot be talked to"],
  ["[indexes.lab]\n\naddress = 5000", 3, "address takes a text in quotes, not a number"],
  ["[indexes.lab]\naddress = 'x'\nadress = 'y'", 3, 'did you mean "address"?'],
  ["[indexes.lab]\naddress = 'x'\nindex = 'y'", 3, '"index" is not a key'],
  [
    "[indexes.lab]\naddress = 'x'\n[indexes.lab.user]",
    3,
    "user takes a text in quotes, not a table",
  ],
  ["[indexes.join]\naddress = 'x'", 1, '"join" is a command, and cannot name an index'],
  ["[indexes.5000]\naddress = 'x'", 1, '"5000" cannot name an index: a name is a letter'],
  ["[indexes.'a.b']\naddress = 'x'", 1, '"a.b" cannot name an index'],
];

for (const [text, line, reason] of FAULTS) {
  Deno.test({ ...PURE, name: `${JSON.stringify(text)} is refused: ${reason}` }, () => {
    const error = assertThrows(() => read(text), BitTrickleError, reason);
    const where = `Cannot use the configuration in "${PATH}": line ${line}: `;
    assertEquals([error.code, error.message.slice(0, where.length)], ["usage", where]);
  });
}

const SECRETS = [
  "password = 'hunter2'",
  "PASSWORD = 'hunter2'",
  "passwd = 'hunter2'",
  "[indexes.lab]\naddress = 'x'\npassword = 'hunter2'",
  "password = { hunter2 = 1 }",
];

for (const text of SECRETS) {
  Deno.test({ ...PURE, name: `${JSON.stringify(text)} is refused, and not shown` }, () => {
    const error = assertThrows(() => read(text), BitTrickleError, "a password does not belong");
    assertStringIncludes(error.message, "password-file");
    assert(!error.message.includes("hunter2"));
  });
}

Deno.test({ ...PURE, name: "a text that is no TOML is not shown either" }, () => {
  for (
    const text of ["password = hunter2", "user = 'x'\npassword = 'hunter2", "hunter2", "= hunter2"]
  ) {
    const error = assertThrows(() => read(text), BitTrickleError, "line ");
    assert(!error.message.includes("hunter2"), error.message);
    assertEquals(error.message.includes("\n"), false);
  }
});

const NAMES = [
  "index",
  "user",
  "indexes",
  "indexes.lab",
  "address",
  "password",
  "dir",
  "x",
  "__proto__",
];
const pieces = fc.constantFrom(
  ...NAMES.flatMap((name) => [`${name} = `, `[${name}]\n`, `[[${name}]]\n`, `${name}.`]),
  ...["'", '"', "'''", '"""', "\n", "[", "]", "{", "}", "=", ",", "#", "\\", "\\u001b", "\u202e"],
  ...["1", "true", "'5m'", "1e400", "9007199254740993", "nan", "07:32:00", " "],
);

Deno.test({ ...PURE, name: "any text is a configuration or an error that says its line" }, () => {
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((it) => it.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        read(text);
      } catch (error) {
        assert(error instanceof BitTrickleError, `${error}`);
        assert(/^Cannot use the configuration in "[^"]+": line \d+: ./.test(error.message));
        assert(!/[\p{Cc}\p{Cf}]/u.test(error.message), error.message);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test({ ...PURE, name: "deep texts and long ones end soon" }, () => {
  const deep = ["[", "{a="].map((it) => `user = ${it.repeat(20_000)}`);
  const long = `user = '${"x".repeat(60_000)}'`;
  const many = Array.from({ length: 2_000 }, (_, i) => `[indexes.a${i}]\naddress = "x"\n`).join("");
  for (const text of [...deep, long]) assertThrows(() => read(text), BitTrickleError, "line 1: ");
  assertEquals(read(many).indexes.size, 2_000);
});
