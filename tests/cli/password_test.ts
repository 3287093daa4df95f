import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { askNewPassword, givenPassword } from "../../lib/cli/password.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { may, MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const IN_ENVIRONMENT = { ignore: !may("env") };

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "one line": "carbonite*7\n",
  "no line end": "carbonite*7",
  "the line ends of Windows": "carbonite*7\r\nsomething else\r\n",
  "a byte order mark": "\ufeffcarbonite*7\r\n",
  "UTF-16": Uint8Array.from(
    "\xff\xfe" + "carbonite*7\r\n".replace(/./gs, "$&\0"),
    (it) => it.charCodeAt(0),
  ),
};

for (const [how, content] of Object.entries(FILES)) {
  Deno.test(`a password is read from a file with ${how}`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    assertEquals(await givenPassword(await folder.write("password", content)), "carbonite*7");
  });
}

const BAD_FILES: Readonly<Record<string, readonly [content: string | Uint8Array, reason: string]>> =
  {
    "nothing": ["", "line 1: it is empty"],
    "an empty first line": ["\nsecret-7\n", "line 1: it is empty"],
    "two words": ["secret 7\n", "line 1: it holds a space or unprintable character"],
    "an invisible character": [
      "secret-7\u200b\n",
      "line 1: it holds a space or unprintable character",
    ],
    "other bytes": [
      Uint8Array.of(0x80, 0x81),
      "it is not UTF-8 text, nor UTF-16 with a byte order mark",
    ],
  };

for (const [what, [content, reason]] of Object.entries(BAD_FILES)) {
  Deno.test(
    `a password file that holds ${what} is told so, and not what it holds`,
    ON_DISK,
    async () => {
      await using folder = await TempFolder.make();
      const path = await folder.write("password", content);
      const error = await assertRejects(() => givenPassword(path), BitTrickleError);
      assertEquals([error.code, error.message], [
        "usage",
        `Cannot read the password in "${path}": ${reason}`,
      ]);
      assert(!error.message.includes("secret"));
    },
  );
}

Deno.test("a password file that cannot be read is told why", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await assertRejects(() => givenPassword(folder.path), BitTrickleError, "it is a folder");
  const none = folder.pathOf("none");
  await assertRejects(() => givenPassword(none), BitTrickleError, "no such file or folder");
});

const VALUES: Readonly<Record<string, string | undefined>> = {
  "": undefined,
  "carbonite*7": "carbonite*7",
  "\ufeffcarbonite*7": "carbonite*7",
  "carbonite*7\r": "carbonite*7",
  "carbonite*7\n": "carbonite*7",
};

for (const [value, password] of Object.entries(VALUES)) {
  Deno.test(`BITTRICKLE_PASSWORD=${JSON.stringify(value)}`, IN_ENVIRONMENT, async () => {
    Deno.env.set("BITTRICKLE_PASSWORD", value);
    try {
      assertEquals(await givenPassword(undefined), password);
    } finally {
      Deno.env.delete("BITTRICKLE_PASSWORD");
    }
  });
}

/** What comes of `lines` that are typed for a new password. */
function asked(lines: string[], isInteractive: boolean): Promise<string> {
  const terminal = { isInteractive, ask: () => Promise.resolve(lines.shift()) };
  return askNewPassword(terminal as Partial<Terminal> as Terminal);
}

Deno.test(
  {
    name: "a new password is asked for twice on a terminal, and once of a script",
    permissions: "none",
  },
  async () => {
    assertEquals(await asked(["secret-7", "secret-7"], true), "secret-7");
    assertEquals(await asked(["\ufeffsecret-7", "lap"], false), "secret-7");
  },
);

const BAD_ANSWERS: readonly (readonly [lines: string[], code: string, reason: string])[] = [
  [["secret-7", "secret-8"], "usage", "The passwords differ: nothing changed; try again"],
  [["x".repeat(65)], "usage", "Cannot set the password: it is longer than 64 characters"],
  [[""], "usage", "Cannot set the password: it is empty"],
  [[], "interrupted", "Nothing was changed"],
  [["secret-7"], "interrupted", "Nothing was changed"],
];

for (const [lines, code, reason] of BAD_ANSWERS) {
  Deno.test(
    { name: `no new password is taken: ${reason}, ${lines.length}`, permissions: "none" },
    async () => {
      const error = await assertRejects(() => asked([...lines], true), BitTrickleError, reason);
      assertEquals(error.code, code);
    },
  );
}
