import { assert, assertEquals } from "@std/assert";
import { BitTrickleError, reasonOf } from "../lib/errors.ts";
import { systemFault } from "../lib/system_fault.ts";
import { MAY_USE_DISK } from "./support/permission.ts";
import { TempFolder } from "./support/temp_folder.ts";

const PURE = { permissions: "none" } as const;

function withCode(code: string, message = `${code}: whatever the runtime says, open 'x'`) {
  return Object.assign(new Error(message), { code });
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
  [withCode("EMFILE"), "too many files and connections are open"],
  [withCode("ECONNREFUSED"), "nobody is listening there"],
  [withCode("ENOTSUP", "ENOTSUP: operation not supported, open 'x'"), "operation not supported"],
  [new Error("Exec format error (os error 8): open 'x'"), "exec format error"],
];

for (const [error, reason] of SAID) {
  Deno.test({ name: `${error.name}, ${error.message}`, ...PURE }, () => {
    assertEquals(reasonOf(error), reason);
    assert(!RUNTIMES_WORDS.test(reason));
  });
}

Deno.test({ name: "other errors keep their words", ...PURE }, () => {
  for (
    const error of [new Error("a bug"), new BitTrickleError("disk", "Cannot"), "text", undefined]
  ) {
    assertEquals(systemFault(error), undefined);
  }
  assertEquals(reasonOf(new TypeError("x is not a function")), "x is not a function");
  assertEquals(reasonOf("text"), "text");
});

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
