import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { type EtcdFlags } from "../../../lib/server/flags/etcd_flags.ts";
import { parseServeFlags } from "../../../lib/server/flags/serve_flags.ts";

const ETCD = "--journal etcd:https://a:2379,http://[::1]:2379 --cluster-key k";
const NO_FILES = { ca: undefined, cert: undefined, key: undefined };
const PARSED: EtcdFlags = {
  ...{ endpoints: ["https://a:2379", "http://[::1]:2379"], clusterKey: "k", ...NO_FILES },
};

const LINES: readonly (readonly [line: string, flags: EtcdFlags])[] = [
  [ETCD, PARSED],
  [`${ETCD} --etcd-ca ca.pem --etcd-cert c.pem --etcd-key c.key`, {
    ...PARSED,
    ...{ ca: "ca.pem", cert: "c.pem", key: "c.key" },
  }],
  [`${ETCD} --etcd-user bt --etcd-password-file p`, {
    ...PARSED,
    user: { name: "bt", passwordFile: "p" },
  }],
];

for (const [line, etcd] of LINES) {
  Deno.test({ name: `parseServeFlags() reads ${line}`, permissions: "none" }, () => {
    const flags = parseServeFlags(line.split(" "));
    assertEquals("etcd" in flags ? flags.etcd : undefined, etcd);
  });
}

const MISTAKES: readonly (readonly [line: string, reason: string])[] = [
  ["--cluster-key k", "--cluster-key is of no use without --journal"],
  ["--etcd-user bt", "--etcd-user is of no use without --journal"],
  ["--journal etcd:http://a:2379", "--journal needs --cluster-key FILE"],
  ["--journal http://a:2379 --cluster-key k", "--journal begins with etcd:"],
  ["--journal etcd:a:2379 --cluster-key k", '"a:2379" is not the address of etcd'],
  ["--journal etcd:http://a:2379/x --cluster-key k", "is not the address of etcd"],
  [`${ETCD} --etcd-cert c.pem`, "--etcd-cert and --etcd-key belong together"],
  [`${ETCD} --etcd-user bt`, "--etcd-user and --etcd-password-file belong together"],
];

for (const [line, reason] of MISTAKES) {
  Deno.test({ name: `parseServeFlags() explains ${line}`, permissions: "none" }, () => {
    const error = assertThrows(() => parseServeFlags(line.split(" ")), BitTrickleError, reason);
    assertEquals(error.code, "usage");
  });
}
