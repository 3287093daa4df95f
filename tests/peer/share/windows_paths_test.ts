/**
 * Paths as Windows has them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { MAY_RUN } from "../../support/permission.ts";
import { systemCommand } from "../../support/system_command.ts";

const PROGRAM = fromFileUrl(new URL("../../support/windows_paths.ts", import.meta.url));

/** What is typed, and the name in `C:\share` that is meant, or the code of an error. */
const MEANT: readonly (readonly [typed: string, name: string])[] = [
  ["a.txt", "a.txt"],
  ["lab\\a.txt", "lab/a.txt"],
  ["lab/a.txt", "lab/a.txt"],
  ["lab\\", "lab/"],
  [".\\a.txt", "a.txt"],
  [".\\lab\\deep\\..\\a.txt", "lab/a.txt"],
  ["C:\\share\\lab\\a.txt", "lab/a.txt"],
  ["C:/share/lab/a.txt", "lab/a.txt"],
  ["c:\\SHARE\\a.txt", "a.txt"],
  ["C:\\share", "."],
  ["lab\\[1].txt", "lab\\[1].txt"],
  ["gru\u0308n\\a.txt", "gr\u00fcn/a.txt"],
  ["..\\a.txt", "usage"],
  ["C:\\other\\a.txt", "usage"],
  ["C:\\share2\\a.txt", "usage"],
  ["D:\\share\\a.txt", "usage"],
  ["\\\\server\\share\\a.txt", "usage"],
];

Deno.test(
  "names are meant, and things are, where Windows has them",
  { ignore: !MAY_RUN },
  async () => {
    const args = ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", PROGRAM];
    const told = await systemCommand(Deno.execPath(), ...args, ...MEANT.map(([typed]) => typed));
    const { meant, places } = JSON.parse(told);
    assertEquals(MEANT.map(([typed], i) => [typed, meant[i]]), MEANT.map((it) => [...it]));
    assertEquals(places, [
      "C:\\Users\\hans\\AppData\\Roaming\\BitTrickle\\config.toml",
      "C:\\Users\\hans\\AppData\\Local\\bittrickle",
      "C:\\Users\\hans",
    ]);
  },
);
