/**
 * A file that cannot be used is named, before etcd is asked.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { KEY_BYTES } from "../../lib/protocol/aead.ts";
import { toBase64Url } from "../../lib/protocol/base64url.ts";
import { readEtcdFiles } from "../../lib/server/fleet/etcd_files.ts";
import { EtcdTls, HAS_OPENSSL } from "../support/etcd_tls.ts";
import { failureOf } from "../support/failures.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

Deno.test("certificates that are none are named", { ignore: !HAS_OPENSSL }, async () => {
  await using folder = await TempFolder.make();
  await using tls = await EtcdTls.make();
  const write = (name: string, text: string) => folder.write(name, text);
  const clusterKey = await write("cluster.key", toBase64Url(new Uint8Array(KEY_BYTES)));
  const flags = { endpoints: ["https://127.0.0.1:2379"], clusterKey };
  const [nonsense, none] = [await write("nonsense", "x"), await write("none", PEM)];
  const cert = await write("cert", tls.client.certificate!);
  const key = await write("key", tls.client.key!);
  const bad = [
    [
      { ca: nonsense },
      /^Cannot use ".*nonsense" as --etcd-ca: there is no certificate in PEM in it$/,
    ],
    [{ ca: none }, /^Cannot use ".*none" as --etcd-ca: .*BadEncoding/],
    [
      { cert: nonsense, key },
      /^Cannot use ".*nonsense" as --etcd-cert with ".*key" as --etcd-key: /,
    ],
    [
      { cert, key: nonsense },
      /^Cannot use ".*cert" as --etcd-cert with ".*nonsense" as --etcd-key: /,
    ],
  ] as const;
  for (const [files, expected] of bad) {
    const { code, message } = await failureOf(readEtcdFiles({ ...flags, ...files }));
    assertEquals(code, "usage");
    assertMatch(message, expected);
  }
  const { tls: read } = await readEtcdFiles({ ...flags, cert, key });
  assertEquals(read?.certificate, tls.client.certificate);
});

Deno.test(
  "the password of a user of etcd is read again each time",
  { ignore: !MAY_USE_DISK },
  async () => {
    await using folder = await TempFolder.make();
    const clusterKey = await folder.write("cluster.key", toBase64Url(new Uint8Array(KEY_BYTES)));
    const passwordFile = folder.pathOf("etcd.pw");
    const flags = {
      endpoints: ["https://127.0.0.1:2379"],
      clusterKey,
      user: { name: "bittrickle", passwordFile },
    };
    assertMatch((await failureOf(readEtcdFiles(flags))).message, /^Cannot read ".*etcd\.pw": /);
    await folder.write("etcd.pw", "one\n");
    const { user } = await readEtcdFiles(flags);
    assertEquals(await user!.password(), "one");
    await folder.write("etcd.pw", "two");
    assertEquals(await user!.password(), "two");
  },
);
