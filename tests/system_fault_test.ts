import { assert, assertEquals } from "@std/assert";
import { BitTrickleError, messageOf, reasonOf } from "../lib/errors.ts";
import { systemFault, technicalReason } from "../lib/system_fault.ts";
import { MAY_USE_DISK } from "./support/permission.ts";
import { TempFolder } from "./support/temp_folder.ts";

const PURE = { permissions: "none" } as const;

function withCode(code: string, message = `${code}: whatever the runtime says, open 'x'`) {
  return Object.assign(new Error(message), { code });
}

function sqlite(message: string) {
  return withCode("ERR_SQLITE_ERROR", message);
}

/** What only the runtime would say. */
const RUNTIMES_WORDS = /os error|run again|--allow|Requires|[A-Z]{4}|readfile|'/;

const SAID: readonly (readonly [error: Error, reason: string])[] = [
  [new Deno.errors.NotFound("No such file or directory (os error 2)"), "no such file or folder"],
  [new Deno.errors.PermissionDenied("Permission denied (os error 13)"), "permission denied"],
  [new Deno.errors.AlreadyExists("x"), "something of that name is already there"],
  [new Deno.errors.IsADirectory("x"), "it is a folder"],
  [new Deno.errors.NotADirectory("x"), "a part of the path is not a folder"],
  [
    new Deno.errors.NotCapable('Requires all access to "/x", run again with --allow-all'),
    "it is outside of what this program may use, as is all below /dev, /proc and /sys",
  ],
  [withCode("ENOSPC"), "the disk is full"],
  [withCode("EDQUOT"), "the disk is full"],
  [withCode("EROFS"), "the disk may only be read"],
  [withCode("EISDIR"), "it is a folder"],
  [withCode("EMFILE"), "too many files and connections are open: raise the limit (ulimit -n)"],
  [withCode("ECONNREFUSED"), "nobody is listening there"],
  [
    withCode("EADDRINUSE"),
    "another program is using the port: stop it, or choose another port",
  ],
  [
    withCode("ENETUNREACH"),
    "no route leads to that network: check the address and the network",
  ],
  [
    new Error("failed to lookup address information: Name or service not known"),
    "there is no such host",
  ],
  [
    withCode("ENOTSUP", "ENOTSUP: operation not supported, open 'x'"),
    "the system refuses it (operation not supported)",
  ],
  [
    new Error("Exec format error (os error 8): open 'x'"),
    "the system refuses it (exec format error)",
  ],
  [sqlite("database is locked"), "another program is writing to it"],
  [sqlite("database or disk is full"), "the disk is full"],
  [sqlite("attempt to write a readonly database"), "it may not be written"],
  [sqlite("unable to open database file: /x"), "it cannot be opened or made there"],
  [sqlite("disk I/O error"), "the disk fails"],
  [sqlite("file is not a database"), "it is not a database"],
  [sqlite("database disk image is malformed"), "it is damaged"],
];

for (const [error, reason] of SAID) {
  Deno.test({ name: `${error.name}, ${error.message}`, ...PURE }, () => {
    assertEquals(reasonOf(error), reason);
    assert(!RUNTIMES_WORDS.test(reason));
  });
}

Deno.test({ name: "what nobody expected stands in parentheses", ...PURE }, () => {
  for (
    const error of [new Error("a bug"), new BitTrickleError("disk", "Cannot"), "text", undefined]
  ) {
    assertEquals(systemFault(error), undefined);
  }
  assertEquals(
    reasonOf(new TypeError("x is not a function")),
    "unexpected fault (x is not a function)",
  );
  assertEquals(reasonOf(undefined), "unexpected fault (undefined)");
});

Deno.test({ name: "our own words stay as they are", ...PURE }, () => {
  assertEquals(reasonOf(new BitTrickleError("disk", "Cannot")), "Cannot");
  assertEquals(reasonOf("text"), "text");
  assertEquals(messageOf(new BitTrickleError("disk", "Cannot")), "Cannot");
});

Deno.test({ name: "an unexpected end says that it is one, and what to do", ...PURE }, () => {
  const end = "please report it, and what led to it";
  assertEquals(
    messageOf(new TypeError("x is not a function")),
    `Stopped by an unexpected fault (x is not a function): ${end}`,
  );
  assertEquals(
    messageOf(withCode("ENOENT")),
    `Stopped by an unexpected fault (no such file or folder): ${end}`,
  );
});

Deno.test(
  { name: "a technical reason is one short line without the thread's frame", ...PURE },
  () => {
    assertEquals(technicalReason(new Error("a\n    at file:///x.ts:1:2")), "a");
    assertEquals(technicalReason("Uncaught (in promise) Error: oops"), "Error: oops");
    assertEquals(technicalReason("Uncaught Error: oops"), "Error: oops");
    assertEquals(technicalReason("x".repeat(1_000)), `${"x".repeat(120)}…`);
  },
);

Deno.test("no word of the runtime is in what it throws", { ignore: !MAY_USE_DISK }, async () => {
  await using folder = await TempFolder.make();
  const file = await folder.write("file", "");
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => Deno.readFile(folder.path),
    () => Deno.readFile(folder.pathOf("none")),
    () => Deno.readFile(`${file}/below`),
    () => Deno.readFile(folder.pathOf("x".repeat(1_000))),
    () => Deno.readFile("/proc/self/environ"),
    () => Deno.readFile("/dev/tty"),
    () => Deno.writeTextFile(file, "", { createNew: true }),
    () => Deno.mkdir(folder.path),
    () => Deno.rename(folder.pathOf("none"), file),
    () => Deno.remove(`${folder.path}/..`),
    () => Deno.truncate(folder.path),
  ];
  for (const attempt of attempts) {
    const error = await attempt().then(() => undefined, (error) => error);
    if (error) assert(!RUNTIMES_WORDS.test(reasonOf(error)), reasonOf(error));
  }
});
