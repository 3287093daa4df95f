import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { nameFault } from "../../../lib/protocol/names.ts";
import { getUntaken, numbered } from "../../../lib/peer/download/taken_name.ts";
import type { GetOptions, Gotten } from "../../../lib/peer/download/get_setting.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { BitTrickleError } from "../../../lib/errors.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

Deno.test(
  { name: "a number comes before the extension of the last part", permissions: "none" },
  () => {
    const names = ["lab.pdf", "lab", "a.b/c", "x/a.tar.gz", "lab (1).pdf"].map((it) =>
      numbered(it, 2)
    );
    assertEquals(names, [
      "lab (2).pdf",
      "lab (2)",
      "a.b/c (2)",
      "x/a.tar (2).gz",
      "lab (1) (2).pdf",
    ]);
  },
);

Deno.test({ name: "a name stays one with its number", permissions: "none" }, () => {
  const text = (unit: string, most: number) => {
    return fc.nat(most - 1).map((length) => unit.repeat(length + 1));
  };
  const last = fc.oneof(text("n", 255), text("文", 85), text("n", 250).map((it) => `${it}.pdf`));
  fc.assert(fc.property(fc.nat(3), last, fc.integer({ min: 1, max: 1_000 }), (depth, last, n) => {
    const name = "folder-of-sixteen/".repeat(depth) + last;
    fc.pre(nameFault(name) === undefined);
    assertEquals(nameFault(numbered(name, n)), undefined);
    assert(numbered(name, n).endsWith(last.endsWith(".pdf") ? ` (${n}).pdf` : ` (${n})`));
  }));
});

/** Gets "a.txt" into `folder` as a getter would that is told its name by others. */
function getting(folder: string, content: string) {
  return async ({ as = "a.txt" }: GetOptions): Promise<Gotten> => {
    const target = new Target(folder, as);
    const there = await Deno.readTextFile(target.path).catch(() => undefined);
    if (there === content) return { kind: "present", name: as, size: content.length };
    await target.assertFree();
    await Deno.writeTextFile(target.path, content);
    return { kind: "downloaded", name: as, size: content.length, from: [], kept: 0 };
  };
}

Deno.test(
  "--rename saves beside what is there, and what is identical not again",
  ON_DISK,
  async () => {
    await using home = await TempFolder.make();
    const got = async (content: string) => {
      return await getUntaken("a.txt", home.path, { rename: true }, getting(home.path, content));
    };
    const kinds: unknown[] = [];
    for (const content of ["1", "2", "3", "2"]) {
      const { kind, ...rest } = await got(content);
      kinds.push([kind, "name" in rest && rest.name]);
    }
    assertEquals(kinds, [
      ["downloaded", "a.txt"],
      ["downloaded", "a (1).txt"],
      ["downloaded", "a (2).txt"],
      ["present", "a (1).txt"],
    ]);
  },
);

Deno.test("--skip asks nobody about a name that is taken", ON_DISK, async () => {
  await using home = await TempFolder.make();
  await home.write("a.txt", "mine");
  const never = () => Promise.reject(new Error("asked"));
  const skipped = { kind: "skipped", name: "a.txt", size: 4 } as const;
  assertEquals(await getUntaken("a.txt", home.path, { skip: true }, never), skipped);
  // By its content, the name is known only when others have told it.
  const id = "ab".repeat(32);
  assertEquals(await getUntaken(id, home.path, { skip: true }, getting(home.path, "x")), skipped);
  assertEquals(await Deno.readTextFile(home.pathOf("a.txt")), "mine");
});

Deno.test("without either a name that is taken is an error", ON_DISK, async () => {
  await using home = await TempFolder.make();
  await home.write("a.txt", "mine");
  const get = () => getUntaken("a.txt", home.path, {}, getting(home.path, "x"));
  assertEquals((await assertRejects(get, BitTrickleError)).code, "exists");
});
