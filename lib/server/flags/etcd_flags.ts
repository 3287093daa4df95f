/**
 * Where the servers of a fleet keep what they share.
 *
 * @module
 */

import type { Flag } from "../../cli/manual/manual.ts";
import { type Parsed, usage } from "../../cli/parse_flags.ts";
import { escapeText } from "../../protocol/escape.ts";

/** Flags of all that has to do with etcd. */
export const ETCD_FLAGS: readonly Flag[] = [
  {
    name: "journal",
    value: "etcd:URL,…",
    text: "keep publications, sessions and users in etcd, for several servers",
    default: "files of this machine",
  },
  {
    name: "cluster-key",
    value: "FILE",
    values: "file",
    text: "what seals all that is kept in etcd, the same file at all servers",
  },
  {
    name: "etcd-ca",
    value: "FILE",
    values: "file",
    text: "the authority of the certificates of etcd, in PEM",
  },
  { name: "etcd-cert", value: "FILE", values: "file", text: "show etcd this certificate" },
  { name: "etcd-key", value: "FILE", values: "file", text: "the key of that certificate" },
  { name: "etcd-user", value: "NAME", text: "as whom etcd is asked, if it wants to know" },
  {
    name: "etcd-password-file",
    value: "FILE",
    values: "file",
    text: "the password of that user, in a file",
  },
];

/** How etcd is reached, and what seals what is kept there. */
export interface EtcdFlags {
  /** Such as `https://a:2379`, at least one. */
  readonly endpoints: readonly string[];
  /** Files. */
  readonly clusterKey: string;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** A user of etcd. */
  readonly user?: { readonly name: string; readonly passwordFile: string } | undefined;
}

const SCHEME = "etcd:";

/**
 * Reads the flags that tell where etcd is, if any.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseEtcdFlags(flags: Parsed): EtcdFlags | undefined {
  const journal = flags.text("journal");
  const clusterKey = flags.text("cluster-key");
  const [ca, cert, key] = ["etcd-ca", "etcd-cert", "etcd-key"].map((name) => flags.text(name));
  if (journal === undefined) {
    const idle = ETCD_FLAGS.find(({ name }) => flags.text(name) !== undefined);
    if (idle) throw usage(`--${idle.name} is of no use without --journal`);
    return undefined;
  }
  if (!journal.startsWith(SCHEME)) {
    throw usage(`--journal begins with ${SCHEME}, as in etcd:https://a:2379,https://b:2379`);
  }
  if (clusterKey === undefined) {
    throw usage(
      "--journal needs --cluster-key FILE, which `bittrickle-server fleet key FILE` makes",
    );
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw usage("--etcd-cert and --etcd-key belong together");
  }
  const endpoints = journal.slice(SCHEME.length).split(",").map(parseEndpoint);
  return { endpoints, clusterKey, ca, cert, key, ...userIn(flags) };
}

function userIn(flags: Parsed): Pick<EtcdFlags, "user"> {
  const [name, passwordFile] = [flags.text("etcd-user"), flags.text("etcd-password-file")];
  if (name === undefined && passwordFile === undefined) return {};
  if (name !== undefined && passwordFile !== undefined) return { user: { name, passwordFile } };
  throw usage("--etcd-user and --etcd-password-file belong together");
}

function parseEndpoint(text: string): string {
  const url = URL.parse(text);
  const isBare = url && url.pathname === "/" && url.search === "" && url.username === "";
  if (isBare && ["http:", "https:"].includes(url.protocol)) return url.origin;
  throw usage(`"${escapeText(text)}" is not the address of etcd: it is like https://a:2379`);
}
