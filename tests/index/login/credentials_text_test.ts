import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import {
  addUser,
  removeUser,
  setDisabled,
  setSecret,
  usersIn,
} from "../../../lib/index/login/credentials_text.ts";

const TEXT = `# users
hans carbonite*7

  # the dark side
vader \t breathe-deep
yoda disabled:size+matters+not
`;

Deno.test({
  name: "usersIn() lists users and secrets in the order of the file",
  permissions: "none",
}, () => {
  const users: [string, string][] = [
    ["hans", "carbonite*7"],
    ["vader", "breathe-deep"],
    ["yoda", "disabled:size+matters+not"],
  ];
  assertEquals(usersIn(TEXT), users);
  assertEquals(usersIn(TEXT.replaceAll("\n", "\r\n")), users);
  assertEquals(usersIn(""), []);
});

Deno.test({ name: "addUser() adds a line at the end", permissions: "none" }, () => {
  assertEquals(addUser("", "hans", "x"), "hans x\n");
  assertEquals(addUser("hans x\n", "vader", "y"), "hans x\nvader y\n");
  assertEquals(addUser("hans x", "vader", "y"), "hans x\nvader y\n");
  assertEquals(addUser("# nobody", "vader", "y"), "# nobody\nvader y\n");
  assertEquals(addUser(TEXT, "chewy", "y"), `${TEXT}chewy y\n`);
});

Deno.test({ name: "setSecret() changes one line and nothing else", permissions: "none" }, () => {
  assertEquals(setSecret(TEXT, "hans", "new"), TEXT.replace("carbonite*7", "new"));
  assertEquals(setSecret(TEXT, "vader", "n$&w"), TEXT.replace(/vader.*/, () => "vader n$&w"));
});

Deno.test({ name: "setSecret() leaves a disabled user disabled", permissions: "none" }, () => {
  const text = setSecret(TEXT, "yoda", "new");
  assertEquals(text, TEXT.replace("size+matters+not", "new"));
  assertEquals(setDisabled(text, "yoda", false), TEXT.replace("disabled:size+matters+not", "new"));
});

Deno.test({ name: "removeUser() takes out one line and nothing else", permissions: "none" }, () => {
  assertEquals(removeUser(TEXT, "hans"), TEXT.replace("hans carbonite*7\n", ""));
  assertEquals(removeUser(TEXT, "yoda"), TEXT.replace(/yoda.*\n/, ""));
  assertEquals(removeUser("hans x\n", "hans"), "# no users\n");
  const error = assertThrows(() => removeUser(TEXT, "leia"), BitTrickleError, '"leia"');
  assertEquals(error.code, "not_found");
});

Deno.test({ name: "setDisabled() works once, and both ways", permissions: "none" }, () => {
  const out = setDisabled(TEXT, "hans", true);
  assertEquals(out, TEXT.replace("carbonite", "disabled:carbonite"));
  assertEquals(setDisabled(out, "hans", true), out);
  assertEquals(setDisabled(out, "hans", false), TEXT);
  assertEquals(setDisabled(TEXT, "hans", false), TEXT);
});

Deno.test({ name: "edits keep the line ends of Windows", permissions: "none" }, () => {
  const text = TEXT.replaceAll("\n", "\r\n");
  assertEquals(setSecret(text, "hans", "new"), text.replace("carbonite*7", "new"));
  assertEquals(setDisabled(text, "yoda", false), text.replace("disabled:", ""));
});

const MISSING: readonly string[] = ["han", "Hans", "hans ", "carbonite*7", "dark", "", "__proto__"];

for (const user of MISSING) {
  Deno.test({ name: `edits find no user "${user}"`, permissions: "none" }, () => {
    for (
      const edit of [
        () => setSecret(TEXT, user, "x"),
        () => setDisabled(TEXT, user, true),
        () => setDisabled(TEXT, user, false),
      ]
    ) {
      const error = assertThrows(edit, BitTrickleError, `There is no user "${user}"`);
      assertEquals(error.code, "not_found");
    }
  });
}

Deno.test(
  { name: "addUser() refuses a user who is there, disabled or not", permissions: "none" },
  () => {
    for (const user of ["hans", "vader", "yoda"]) {
      const error = assertThrows(() => addUser(TEXT, user, "x"), BitTrickleError, "already there");
      assertEquals(error.code, "exists");
    }
  },
);

for (const user of ["", "ha ns", "ha\nns", "#hans", "u".repeat(65), "\x1b[2J"]) {
  const name = `addUser() refuses ${JSON.stringify(user)} for a name`;
  Deno.test({ name, permissions: "none" }, () => {
    const error = assertThrows(() => addUser(TEXT, user, "x"), BitTrickleError, "bad name");
    assertEquals(error.code, "usage");
  });
}

Deno.test({
  name: "any edits leave a file that says what a plain table of users says",
  permissions: "none",
}, () => {
  const steps = fc.array(fc.record({
    edit: fc.constantFrom("add", "set", "disable", "enable"),
    user: fc.constantFrom("hans", "vader", "yoda", "chewy", "r2"),
    secret: fc.constantFrom("a", "b", `opaque:2:${"A".repeat(256)}`),
  }));
  fc.assert(fc.property(steps, fc.constantFrom("\n", "\r\n"), (steps, lineEnd) => {
    let text = TEXT.replaceAll("\n", lineEnd);
    const table = new Map(usersIn(TEXT));
    for (const { edit, user, secret } of steps) {
      const old = table.get(user);
      if ((old === undefined) !== (edit === "add")) continue;
      const prefix = old?.startsWith("disabled:") ? "disabled:" : "";
      const bare = old?.slice(prefix.length) ?? "";
      if (edit === "add") text = addUser(text, user, secret);
      else if (edit === "set") text = setSecret(text, user, secret);
      else text = setDisabled(text, user, edit === "disable");
      if (edit === "add" || edit === "set") table.set(user, prefix + secret);
      else table.set(user, (edit === "disable" ? "disabled:" : "") + bare);
    }
    assertEquals(usersIn(text), [...table]);
    const enabled = [...table].filter(([, secret]) => !secret.startsWith("disabled:"));
    assertEquals(Accounts.parse(text).users, enabled.map(([user]) => user));
    assertEquals(text.split(lineEnd)[0], "# users");
  }));
});
