/**
 * The files that the flags of etcd name.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { readText } from "../../files/text_file.ts";
import type { FleetOptions } from "../../fleet/fleet.ts";
import type { EtcdUser, GatewayTls } from "../../etcd/gateway.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { EtcdFlags } from "../flags/etcd_flags.ts";
import { readClusterKey } from "./cluster_key.ts";

/** What to warn of if etcd does not want to know the user whom the flags name. */
export const USER_IS_IDLE =
  "etcd does not ask for users: --etcd-user counts from when `etcdctl auth enable` is done";

/**
 * Reads the files that the flags name.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function readEtcdFiles(flags: EtcdFlags): Promise<FleetOptions> {
  const { endpoints } = flags;
  const clusterKey = await readClusterKey(flags.clusterKey);
  const [ca, certificate, key] = await Promise.all(
    [flags.ca, flags.cert, flags.key].map((path) =>
      path === undefined ? undefined : readFile(path)
    ),
  );
  assertUsable(flags, { ca, certificate, key });
  return { endpoints, clusterKey, tls: { ca, certificate, key }, user: await userOf(flags) };
}

/** Its password is read now, to tell at once if that does not work, and again whenever it is needed. */
async function userOf({ user }: EtcdFlags): Promise<EtcdUser | undefined> {
  if (!user) return undefined;
  const password = async () => (await readFile(user.passwordFile)).replace(/\r?\n$/, "");
  await password();
  return { name: user.name, password };
}

/** The runtime takes no text for a fault that holds no certificate at all. */
function assertUsable(flags: EtcdFlags, { ca, certificate: cert, key }: GatewayTls): void {
  if (ca !== undefined) {
    const what = `${nameOf(flags.ca!)} as --etcd-ca`;
    if (!ca.includes("BEGIN CERTIFICATE")) {
      throw unusable(what, "there is no certificate in PEM in it");
    }
    assertTaken(what, { caCerts: [ca] });
  }
  if (cert === undefined || key === undefined) return;
  const what = `${nameOf(flags.cert!)} as --etcd-cert with ${nameOf(flags.key!)} as --etcd-key`;
  assertTaken(what, { cert, key });
}

function assertTaken(
  what: string,
  options: Deno.CreateHttpClientOptions | Deno.TlsCertifiedKeyPem,
): void {
  try {
    Deno.createHttpClient(options).close();
  } catch (cause) {
    throw unusable(what, `the runtime says "${escapeText((cause as Error).message)}"`, cause);
  }
}

function unusable(what: string, reason: string, cause?: unknown): BitTrickleError {
  return new BitTrickleError("usage", `Cannot use ${what}: ${reason}`, { cause });
}

function nameOf(path: string): string {
  return `"${escapeText(path)}"`;
}

async function readFile(path: string): Promise<string> {
  return await readText(path).catch((cause) => {
    const reason = escapeText(reasonOf(cause));
    throw new BitTrickleError("usage", `Cannot read ${nameOf(path)}: ${reason}`, { cause });
  });
}
