import { assertEquals, assertMatch } from "@std/assert";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ignore = !HAS_ETCD;

/** Runs `bittrickle-server`, to its end. */
async function server(folder: TempFolder, args: string[], input: string[] = []): Promise<Ended> {
  await using program = new Program([...FROM_SOURCE.server, ...args], { cwd: folder.path });
  return await program.finish(...input);
}

Deno.test(
  { name: "publications move from a file into etcd and back, and are the same", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using folder = await TempFolder.make();
    const lines = Array.from({ length: 1_234 }, (_, i) => {
      const share = i % 3 === 0 ? "" : '"share":"0123456789abcdef",';
      return `{"user":"user${i % 7}",${share}"name":"${
        String(i).padStart(4, "0")
      } ä","size":${i},"id":"-"}`;
    });
    const all = ['{"v":2,"type":"publications"}', ...lines];
    const etcd = ["--journal", `etcd:${node.endpoint}`, "--cluster-key", "cluster.key"];
    assertEquals((await server(folder, ["fleet", "key", "cluster.key"])).code, 0);
    await server(folder, ["data", "import"], [all.join("\n")]);
    const before = await server(folder, ["data", "export"]);
    const imported = await server(folder, ["data", "import", ...etcd], [before.stdout.trimEnd()]);
    assertEquals(
      [imported.code, imported.stderr],
      [0, "1234 publications imported, and read again\n"],
    );
    const checked = await server(folder, ["data", "check", ...etcd]);
    assertEquals([checked.code, checked.stderr], [0, "Nothing is wrong: 1234 publications\n"]);
    const exported = await server(folder, ["data", "export", ...etcd]);
    assertEquals([exported.code, exported.stdout], [0, before.stdout]);
    assertEquals(exported.stdout, `${all.join("\n")}\n`);
  },
);

Deno.test({ name: "nothing is imported into an etcd that is not there", ignore }, async () => {
  await using folder = await TempFolder.make();
  await server(folder, ["fleet", "key", "cluster.key"]);
  const etcd = ["--journal", "etcd:http://127.0.0.1:9", "--cluster-key", "cluster.key"];
  const lines = ['{"v":2,"type":"publications"}', '{"user":"vader","name":"a"}'];
  const { code, stderr } = await server(folder, ["data", "import", ...etcd], lines);
  assertEquals(code, 4);
  assertMatch(stderr, /etcd at 127\.0\.0\.1:9 cannot be reached/);
});
