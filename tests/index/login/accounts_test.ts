import { assert, assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Accounts } from "../../../lib/index/login/accounts.ts";

Deno.test({
  name: "Accounts.parse() reads one user and password a line",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse("hans carbonite*7\nvader breathe-deep\n");
  assertEquals(accounts.size, 2);
  assert(accounts.verify("hans", "carbonite*7"));
  assert(accounts.verify("vader", "breathe-deep"));
});

const LENIENT: Readonly<Record<string, string>> = {
  "no line end after the last line": "hans carbonite*7",
  "Windows line ends": "hans carbonite*7\r\n",
  "empty lines": "\n\nhans carbonite*7\n\n",
  "lines of spaces": "   \nhans carbonite*7\n\t\n",
  "comments": "# users\nhans carbonite*7\n  # vader breathe-deep\n",
  "spaces around a line": "  hans carbonite*7  \n",
  "several spaces or a tab in between": "hans \t carbonite*7\n",
};

for (const [what, text] of Object.entries(LENIENT)) {
  Deno.test({ name: `Accounts.parse() accepts ${what}`, permissions: "none" }, () => {
    const accounts = Accounts.parse(text);
    assertEquals(accounts.size, 1);
    assert(accounts.verify("hans", "carbonite*7"));
  });
}

const REFUSED: readonly (readonly [what: string, text: string, reason: string])[] = [
  ["a file without a user", "", "no line holds a user"],
  ["a file of spaces", " \n\n", "no line holds a user"],
  ["a user without a password", "hans carbonite*7\nvader\n", "line 2: expected a user name"],
  ["a password with a space", "hans carbonite 7\n", "line 1: expected a user name"],
  ["a user who is there twice", "a 1\n\nb 2\na 3\n", 'line 4: user "a" is already on line 1'],
  ["a user of 65 characters", `${"u".repeat(65)} p\n`, "line 1: bad user name"],
  ["a password of 65 characters", `u ${"p".repeat(65)}\n`, "line 1: bad password: it is longer"],
  ["an escape sequence in a user", "\n\x1b[2J p\n", 'line 2: bad user name "\\u{1b}[2J"'],
  ["an override in a password", "u p\u202ep\n", "line 1: bad password: it holds"],
  ["a NUL in a password", "u p\0\n", "line 1: bad password: it holds"],
  ["a record that is cut", `a 1\nb opaque:${"A".repeat(255)}\n`, "line 2: bad opaque record"],
  ["a record that is too long", `b opaque:${"A".repeat(257)}\n`, "line 1: bad opaque record"],
  ["a record in other base64", `b opaque:${"+".repeat(256)}\n`, "line 1: bad opaque record"],
  [
    "a record of version 2 that is cut",
    `b opaque:2:${"A".repeat(255)}\n`,
    "line 1: bad opaque record",
  ],
  [
    "a light record that is cut",
    `b opaque:2:light:${"A".repeat(255)}\n`,
    "line 1: bad opaque record",
  ],
  ["an empty record", "\nb opaque:\n", "line 2: bad opaque record"],
  ["a disabled user's bad record", "a 1\nb disabled:opaque:x\n", "line 2: bad opaque record"],
  ["a disabled user without a password", "b disabled:\n", "line 1: bad password: it is empty"],
  [
    "a disabled user's long password",
    `a 1\n\nb disabled:${"p".repeat(65)}\n`,
    "line 3: bad password: it is longer",
  ],
];

for (const [what, text, reason] of REFUSED) {
  Deno.test({ name: `Accounts.parse() refuses ${what}`, permissions: "none" }, () => {
    const error = assertThrows(() => Accounts.parse(text), BitTrickleError, reason);
    assertEquals(error.code, "usage");
  });
}

const RECORD = "Ab0_-".repeat(52).slice(0, 256);
const STORED =
  `hans carbonite*7\nvader opaque:2:${RECORD}\nyoda disabled:opaque:2:${RECORD}\nr2 disabled:beep\n`;

Deno.test({
  name: "Accounts knows passwords and records of all users but the disabled",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse(STORED);
  assertEquals([accounts.users, accounts.size], [["hans", "vader"], 2]);
  assertEquals(accounts.secretOf("hans"), "carbonite*7");
  assertEquals(accounts.secretOf("vader"), `opaque:2:${RECORD}`);
  for (const user of ["yoda", "r2", "chewy", "__proto__"]) {
    assertEquals(accounts.secretOf(user), undefined);
  }
});

Deno.test({
  name: "Accounts knows what proves a disabled user, and of nobody else who is out",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse(STORED);
  assertEquals(accounts.proofOf("yoda"), `opaque:2:${RECORD}`);
  assertEquals(accounts.proofOf("r2"), "beep");
  const isDisabled = ["hans", "yoda", "r2", "chewy"].map((user) => accounts.isDisabled(user));
  assertEquals(isDisabled, [false, true, true, false]);
  for (const user of ["chewy", "__proto__"]) assertEquals(accounts.proofOf(user), undefined);
  assertEquals([accounts.has("r2"), accounts.has("chewy")], [true, false]);
});

Deno.test({
  name: "Accounts.parse() accepts a file that says that there are no users",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse("# no users\n");
  assertEquals([accounts.users, accounts.stretching], [[], "strong"]);
});

Deno.test({
  name: "Accounts.verify() proves nobody by a record, and the disabled by their password alone",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse(STORED);
  for (const password of ["", RECORD, `opaque:2:${RECORD}`, `disabled:opaque:2:${RECORD}`]) {
    assert(!accounts.verify("vader", password));
    assert(!accounts.verify("yoda", password));
  }
  for (const password of ["", "disabled:beep"]) assert(!accounts.verify("r2", password));
  assert(accounts.verify("r2", "beep"));
});

Deno.test({
  name: "Accounts.parse() accepts a file whose users are all disabled",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse("hans disabled:carbonite*7");
  assertEquals([accounts.users, accounts.size], [[], 0]);
});

Deno.test({
  name: "Accounts.parse() tells no password in what it complains about",
  permissions: "none",
}, () => {
  const hidden = ["hans disabled:opaque:secret\n", "hans opaque:sec+ret\n"];
  for (
    const text of ["hans sec ret\n", "hans sec\u202eret\n", "hans sec\nhans ret\n", ...hidden]
  ) {
    const { message } = assertThrows(() => Accounts.parse(text));
    assert(!/sec|ret/.test(message), message);
  }
});

Deno.test({
  name: "Accounts.parse() takes the words of JavaScript for ordinary users",
  permissions: "none",
}, () => {
  const accounts = Accounts.parse("__proto__ a\nconstructor b\n");
  assert(accounts.verify("__proto__", "a"));
  assert(accounts.verify("constructor", "b"));
  assert(!accounts.verify("toString", "a"));
});

const WRONG: readonly (readonly [user: string, password: string])[] = [
  ["hans", ""],
  ["hans", "carbonite"],
  ["hans", "carbonite*77"],
  ["hans", "Carbonite*7"],
  ["hans", "carbonite*7 "],
  ["Hans", "carbonite*7"],
  ["vader", "carbonite*7"],
  ["vader", ""],
  ["", ""],
  ["", "carbonite*7"],
];

for (const [user, password] of WRONG) {
  Deno.test({
    name: `Accounts.verify() refuses "${user}" with "${password}"`,
    permissions: "none",
  }, () => {
    assertEquals(Accounts.parse("hans carbonite*7").verify(user, password), false);
  });
}

Deno.test({
  name: "Accounts keeps a record of the version before, by which nobody logs in",
  permissions: "none",
}, () => {
  const text = `hans opaque:${RECORD}\nyoda disabled:opaque:${RECORD}\nr2 opaque:2:${RECORD}\n`;
  const accounts = Accounts.parse(text);
  assertEquals([accounts.users, accounts.size], [["r2"], 1]);
  assertEquals(accounts.outdated, ["hans", "yoda"]);
  for (const user of ["hans", "yoda"]) assertEquals(accounts.secretOf(user), undefined);
  assert(!accounts.verify("hans", RECORD) && !accounts.verify("hans", `opaque:${RECORD}`));
  assert(accounts.hasRecords);
  assert(!Accounts.parse(`hans opaque:${RECORD}`).hasRecords, "no key opens such a record");
});
