import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { openData } from "../../lib/store/database.ts";
import { catalogueIdIn } from "../../lib/store/publication_table.ts";
import { MIGRATIONS } from "../../lib/store/schema.ts";
import { ReferenceClient } from "../reference/plain_client.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const HEADER = '{"v":2,"type":"publications"}';
const LINES = [
  '{"user":"vader","name":"a"}',
  '{"user":"hans","share":"0123456789abcdef","name":"a b/ä.txt","size":7,"id":"-"}',
  `{"user":"hans","name":"b","size":0,"id":"${"ab".repeat(32)}"}`,
];

async function data(folder: TempFolder, task: string, lines: string[] = []): Promise<Ended> {
  const command = [...FROM_SOURCE.server, "data", task];
  await using program = new Program(command, { cwd: folder.path });
  return await program.finish(...lines);
}

Deno.test("what is exported can be imported, and is the same again", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const imported = await data(folder, "import", [HEADER, ...LINES]);
  assertEquals([imported.code, imported.stderr], [0, "3 publications imported\n"]);
  const exported = await data(folder, "export");
  assertEquals([exported.code, exported.stdout], [0, [HEADER, ...LINES, ""].join("\n")]);
  const checked = await data(folder, "check");
  assertEquals([checked.code, checked.stderr], [0, "Nothing is wrong: 3 publications\n"]);
});

Deno.test("a file that is imported into has its own catalogue id", AS_PROCESSES, async () => {
  const ids: (string | undefined)[] = [];
  for (let i = 0; i < 2; i++) {
    await using folder = await TempFolder.make();
    await data(folder, "import", [HEADER, LINES[0]!]);
    for (const line of LINES.slice(1)) {
      using db = openData(folder.pathOf("bittrickle.db"));
      ids.push(catalogueIdIn(db));
      await data(folder, "import", [HEADER, line]);
    }
  }
  assertMatch(ids[0]!, /^[0-9a-f]{16}$/);
  assertEquals([ids[0], ids[2]], [ids[1], ids[3]], "it keeps it");
  assertNotEquals(ids[0], ids[2], "no other file has it");
});

Deno.test("an export whose reader leaves ends without a word, with 141", {
  ignore: !MAY_RUN || Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  const lines = Array.from({ length: 5_000 }, (_, i) => `{"user":"vader","name":"file-${i}"}`);
  assertEquals((await data(folder, "import", [[HEADER, ...lines].join("\n")])).code, 0);
  const server = FROM_SOURCE.server.join(" ");
  const script = `{ ${server} data export; echo "code $?" >&2; } | head -1`;
  await using program = new Program(["sh", "-c", script], { cwd: folder.path });
  assertEquals(await program.ends(), 0);
  assertEquals([program.stdout, program.stderr], [`${HEADER}\n`, "code 141\n"]);
});

Deno.test("import takes all lines or none, and keeps what was there", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await data(folder, "import", [HEADER, LINES[0]!]);
  const bad = await data(folder, "import", [HEADER, LINES[1]!, '{"user":"x","name":".."}']);
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.stderr, "Nothing was imported: line 3: bad name: ");
  assertEquals((await data(folder, "export")).stdout, [HEADER, LINES[0], ""].join("\n"));
  await data(folder, "import", [HEADER, LINES[2]!]);
  assertEquals((await data(folder, "export")).stdout, [HEADER, LINES[0], LINES[2], ""].join("\n"));
});

Deno.test("an export of the version without shares is imported", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  await data(folder, "import", ['{"v":1,"type":"publications"}', LINES[0]!]);
  assertEquals((await data(folder, "export")).stdout, [HEADER, LINES[0], ""].join("\n"));
});

Deno.test(
  "a file of the version without shares is read once a server has used it",
  AS_PROCESSES,
  async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("bittrickle.db");
    {
      using db = openData(path, MIGRATIONS.slice(0, 1));
      db.exec(
        "INSERT INTO users VALUES (1, 'vader'); INSERT INTO publications (user, name) VALUES (1, 'a')",
      );
    }
    const early = await data(folder, "export");
    assertEquals([early.code, early.stdout], [7, ""]);
    assertStringIncludes(early.stderr, "it is of an older version. A server that starts with it");
    openData(path).close();
    assertEquals((await data(folder, "export")).stdout, [HEADER, LINES[0], ""].join("\n"));
  },
);

Deno.test("export and check work beside a server, import does not", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = new ReferenceClient(network.port);
  await hans.login("hans", "pw-hans");
  await hans.ask("pub", "a.txt");
  const { home } = network;
  const exported = await data(home, "export");
  assertEquals(exported.stdout, `${HEADER}\n{"user":"hans","name":"a.txt"}\n`);
  assertEquals((await data(home, "check")).code, 0);
  const refused = await data(home, "import", [HEADER, ...LINES]);
  assertEquals(refused.code, 7);
  assertStringIncludes(refused.stderr, "another server, or an import, is using it");
  assertEquals(await hans.ask("lpf"), "1 file published:\na.txt");
  await hans.close();
});

Deno.test("data commands say what is wrong with a file", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const missing = await data(folder, "export");
  assertEquals([missing.code, missing.stdout], [3, ""]);
  assertStringIncludes(missing.stderr, 'There is no data file "bittrickle.db"');
  {
    using db = openData(folder.pathOf("bittrickle.db"));
    db.exec(
      "INSERT INTO publishers VALUES (1, 'hans', '0123456789abcdef'); " +
        "INSERT INTO publications (publisher, name) VALUES (1, '../etc')",
    );
  }
  const strange = await data(folder, "check");
  assertEquals(strange.code, 7);
  assertStringIncludes(strange.stderr, 'it is damaged ("../etc" of "hans": bad name: ');
});
