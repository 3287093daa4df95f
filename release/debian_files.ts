/**
 * What the package for Debian has beside what every archive has: services and maintainer scripts.
 *
 * @module
 */

import { type DebianPackage, debianVersion } from "./deb.ts";
import { type Entry, textEntry } from "./entries.ts";
import type { SourceTree } from "./source_tree.ts";

/** Where the services of docs/deploy look for the programs, and where the package has them. */
const PROGRAM_PLACES = ["/usr/local/bin/", "/usr/bin/"] as const;

const DEFAULTS = "etc/default/bittrickle-server";
const DOCS = "usr/share/doc/bittrickle/";

/** The files of docs/deploy, and where they go. */
const SERVICE_FILES: Readonly<Record<string, string>> = {
  "bittrickle-server.service": "usr/lib/systemd/system/bittrickle-server.service",
  "bittrickle-share@.service": "usr/lib/systemd/system/bittrickle-share@.service",
  "bittrickle.sysusers.conf": "usr/lib/sysusers.d/bittrickle.conf",
  "bittrickle-server.default": DEFAULTS,
  "bittrickle.nft": `${DOCS}examples/bittrickle.nft`,
  "bittrickle.sysctl.conf": `${DOCS}examples/bittrickle.sysctl.conf`,
  "README.md": `${DOCS}deploy.md`,
};

/** The services are neither enabled nor started: a server wants users first. */
const POSTINST = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  if command -v systemd-sysusers >/dev/null; then systemd-sysusers bittrickle.conf; fi
  if id bittrickle >/dev/null 2>&1; then
    install -d -o bittrickle -g bittrickle -m 0700 /var/lib/bittrickle
  fi
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart bittrickle-server.service
  fi
fi
`;

const PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl disable --now bittrickle-server.service || true
fi
`;

/** What is in /var/lib/bittrickle is no package's to remove: there is no copy of users and keys. */
const POSTRM = `#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
case "$1" in
  remove|purge)
    if [ -e /var/lib/bittrickle ]; then
      echo "bittrickle: users, keys and publications are left in /var/lib/bittrickle; remove" \\
        "that folder yourself if nobody needs them any more"
    fi
    ;;
esac
`;

/** The package, of which `files` are those that every archive has. */
export async function debianPackage(
  tree: SourceTree,
  architecture: string,
  files: readonly Entry[],
): Promise<DebianPackage> {
  const services = Object.entries(SERVICE_FILES).map(async ([name, path]) => {
    const text = await tree.read(`docs/deploy/${name}`);
    return textEntry(path, text.replaceAll(...PROGRAM_PLACES));
  });
  return {
    control: {
      "Package": "bittrickle",
      "Version": debianVersion(tree.config.version),
      "Architecture": architecture,
      "Maintainer": "BitTrickle maintainers <maintainers@bittrickle.invalid>",
      "Section": "net",
      "Priority": "optional",
      "Depends": "libc6 (>= 2.27), libgcc-s1",
      "Description": "file sharing among people who know each other, with an index of their own\n" +
        " bittrickle-server knows who is active and who publishes what;\n" +
        " bittrickle-client publishes, finds and downloads files, straight from peer to peer.",
    },
    scripts: [
      textEntry("postinst", POSTINST, true),
      textEntry("prerm", PRERM, true),
      textEntry("postrm", POSTRM, true),
      textEntry("conffiles", `/${DEFAULTS}\n`),
    ],
    files: [
      ...files.map(({ path, ...entry }) => ({ ...entry, path: `usr/${path}` })),
      ...await Promise.all(services),
      textEntry(`${DOCS}copyright`, await tree.read("LICENSE")),
      textEntry(`${DOCS}README.md`, await tree.read("README.md")),
      textEntry(`${DOCS}changelog`, await tree.read("CHANGELOG.md")),
    ],
  };
}
