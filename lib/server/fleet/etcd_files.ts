/**
 * The files that the flags of etcd name.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { readText } from "../../files/text_file.ts";
import type { FleetOptions } from "../../fleet/fleet.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { EtcdFlags } from "../flags/etcd_flags.ts";
import { readClusterKey } from "./cluster_key.ts";

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
  const user = flags.user && {
    name: flags.user.name,
    password: (await readFile(flags.user.passwordFile)).replace(/\r?\n$/, ""),
  };
  return { endpoints, clusterKey, tls: { ca, certificate, key }, user };
}

async function readFile(path: string): Promise<string> {
  return await readText(path).catch((cause) => {
    const reason = escapeText(reasonOf(cause));
    throw new BitTrickleError("usage", `Cannot read "${escapeText(path)}": ${reason}`, { cause });
  });
}
