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

Deno.test(
  { name: "a value that does not open is named, or left out of an export", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using folder = await TempFolder.make();
    const etcd = ["--journal", `etcd:${node.endpoint}`, "--cluster-key", "cluster.key"];
    await server(folder, ["fleet", "key", "cluster.key"]);
    const lines = ['{"v":2,"type":"publications"}', '{"user":"vader","name":"a"}'];
    await server(folder, ["data", "import", ...etcd], lines);
    for (const name of ["x", "\u001by"]) {
      await node.call("/v3/kv/put", {
        key: btoa(`/bittrickle/1/shared/${name}`),
        value: btoa("?"),
      });
    }
    const what = '"/bittrickle/1/shared/\\u{1b}y" and 1 more do not open with this cluster key';
    for (const task of ["export", "check"]) {
      const { code, stdout, stderr } = await server(folder, ["data", task, ...etcd]);
      assertEquals([code, stdout, stderr], [
        7,
        "",
        `What is kept in etcd is damaged: ${what}. Delete such keys with \`etcdctl del\`, ` +
        "or `data export --force` leaves them out\n",
      ]);
    }
    const forced = await server(folder, ["data", "export", "--force", ...etcd]);
    assertEquals([forced.code, forced.stdout, forced.stderr], [
      0,
      `${lines.join("\n")}\n`,
      `Warning: left out what is damaged: ${what}\n`,
    ]);
  },
);

Deno.test({ name: "every command ends with one code if etcd is not reached", ignore }, async () => {
  await using folder = await TempFolder.make();
  await server(folder, ["fleet", "key", "cluster.key"]);
  const etcd = ["--journal", "etcd:http://127.0.0.1:9", "--cluster-key", "cluster.key"];
  const commands = ["user list", "invite --list", "user export x", "data export", "data check"];
  for (const command of [...commands, "--check 0", "0"]) {
    const { code, stderr } = await server(folder, [...command.split(" "), ...etcd]);
    assertEquals(code, 4, `${command}: ${stderr}`);
    assertMatch(stderr, /etcd at 127\.0\.0\.1:9 cannot be reached/);
  }
});

Deno.test({ name: "every command ends with one code if etcd refuses", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using folder = await TempFolder.make();
  await server(folder, ["fleet", "key", "cluster.key"]);
  const etcd = ["--journal", `etcd:${node.endpoint}`, "--cluster-key", "cluster.key"];
  const lines = ['{"v":2,"type":"publications"}', '{"user":"vader","name":"a"}'];
  await server(folder, ["data", "import", ...etcd], lines);
  await node.call("/v3/maintenance/alarm", {
    ...{ action: "ACTIVATE", alarm: "NOSPACE" },
    memberID: await memberOf(node),
  });
  const imported = await server(folder, ["data", "import", ...etcd], lines);
  assertEquals([imported.code, /database is full/.test(imported.stderr)], [8, true]);
  const invited = await server(folder, ["invite", "rey", "--address", "127.0.0.1:9", ...etcd]);
  assertEquals([invited.code, /database is full/.test(invited.stderr)], [8, true]);
});

/** The id of `node` in its cluster. */
async function memberOf(node: EtcdNode): Promise<string> {
  const { header } = await node.call("/v3/maintenance/status", {}) as {
    header: { member_id: string };
  };
  return header.member_id;
}

Deno.test({ name: "nothing is imported into an etcd that is not there", ignore }, async () => {
  await using folder = await TempFolder.make();
  await server(folder, ["fleet", "key", "cluster.key"]);
  const etcd = ["--journal", "etcd:http://127.0.0.1:9", "--cluster-key", "cluster.key"];
  const lines = ['{"v":2,"type":"publications"}', '{"user":"vader","name":"a"}'];
  const { code, stderr } = await server(folder, ["data", "import", ...etcd], lines);
  assertEquals(code, 4);
  assertMatch(stderr, /etcd at 127\.0\.0\.1:9 cannot be reached/);
});
