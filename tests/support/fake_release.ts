/**
 * A release whose programs are scripts that say who they are, for this system.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { below, textEntry } from "../../release/entries.ts";
import { checksumsOf, type ReleaseFile } from "../../release/release.ts";
import { tarGzOf } from "../../release/tar.ts";
import { PROGRAMS } from "../../release/targets.ts";

/** The install script, as it stands in the sources. */
export const INSTALL_SCRIPT = fromFileUrl(new URL("../../release/install.sh", import.meta.url));

/** Where `install.sh` puts what belongs to a program. */
export function installedFiles(name: string): string[] {
  return [
    `bin/${name}`,
    `share/man/man1/${name}.1`,
    `share/bash-completion/completions/${name}`,
    `share/zsh/site-functions/_${name}`,
    `share/fish/vendor_completions.d/${name}.fish`,
  ];
}

/** The files of a release, by their names. */
export async function fakeRelease(version: string): Promise<Map<string, ReleaseFile["content"]>> {
  const name = `bittrickle-${version}-${Deno.build.target}`;
  const entries = PROGRAMS.flatMap((program) => {
    const script = `#!/bin/sh\necho "${program} ${version}"\n`;
    return installedFiles(program).map((path) => textEntry(path, script, path.startsWith("bin/")));
  });
  const archive = { name: `${name}.tar.gz`, content: await tarGzOf(below(`${name}/`, entries), 0) };
  const files = [archive, await checksumsOf([archive])];
  return new Map(files.map((file) => [file.name, file.content]));
}
