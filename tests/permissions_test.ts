/**
 * The permissions of the programs stand in one place: `permissions` in `deno.json`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { MAY_USE_DISK } from "./support/permission.ts";
import { FROM_SOURCE } from "./support/program.ts";

const CONFIG = fromFileUrl(new URL("../deno.json", import.meta.url));
const PROGRAMS = ["server", "client"] as const;

async function readConfig() {
  return JSON.parse(await Deno.readTextFile(CONFIG));
}

const tasks: Record<string, string> = MAY_USE_DISK ? (await readConfig()).tasks : {};

Deno.test("no task has a permission list of its own", { ignore: !MAY_USE_DISK }, () => {
  const lists = Object.entries(tasks).filter(([, it]) => /--allow-(?!all\b)|--deny-/.test(it));
  assertEquals(lists, []);
});

for (const program of PROGRAMS) {
  Deno.test(
    `task, executable and tests of the ${program} use one permission set`,
    { ignore: !MAY_USE_DISK },
    async () => {
      const flag = `-P=${program}`;
      const compile = tasks.compile!.split(" && ").find((it) => it.endsWith(`${program}.ts`))!;
      assert((await readConfig()).permissions[program], `deno.json has no set "${program}"`);
      for (const command of [tasks[program]!, compile, FROM_SOURCE[program].join(" ")]) {
        assert(command.includes(` ${flag} `), `${command}: no ${flag}`);
        assert(!/ (-A|--allow-)/.test(command), `${command}: more than ${flag}`);
      }
    },
  );
}

/** What the table of SECURITY.md says that a program may, by the kind of permission. */
async function documentedFor(program: typeof PROGRAMS[number]): Promise<Record<string, unknown>> {
  const page = await Deno.readTextFile(fromFileUrl(new URL("../SECURITY.md", import.meta.url)));
  const rows = page.matchAll(/^\|(?: `(\w+)`)? +\| ([^|]*)\| ([^|]*)\|/gm);
  const documented: Record<string, true | string[]> = {};
  let kind = "";
  for (const [, begun, server = "", client = ""] of rows) {
    kind = begun ?? kind;
    const cell = (program === "server" ? server : client).trim();
    if (cell === "all") documented[kind] = true;
    const names = Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!);
    if (names.length > 0) documented[kind] = [...documented[kind] as string[] ?? [], ...names];
  }
  return documented;
}

for (const program of PROGRAMS) {
  Deno.test(`SECURITY.md says what the ${program} may`, { ignore: !MAY_USE_DISK }, async () => {
    const sorted = (permissions: Record<string, unknown>) =>
      Object.fromEntries(
        Object.entries(permissions).map(([kind, it]) => {
          return [kind, Array.isArray(it) ? it.toSorted() : it];
        }),
      );
    const { permissions } = await readConfig();
    assertEquals(sorted(await documentedFor(program)), sorted(permissions[program]));
  });
}
