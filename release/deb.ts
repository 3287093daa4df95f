/**
 * Packages for Debian: an archive of the format ar, with two compressed tar archives in it.
 *
 * @module
 */

import { below, type Entry } from "./entries.ts";
import { tarGzOf } from "./tar.ts";

/** What a package is made of. */
export interface DebianPackage {
  /** The fields of its control file. */
  readonly control: Readonly<Record<string, string>>;
  /** Its maintainer scripts and lists, by name. */
  readonly scripts: readonly Entry[];
  /** Where things go, from the root of the system. */
  readonly files: readonly Entry[];
}

const ROOT = "./";

/** The package, all of whose files are of the time `seconds`, since 1970. */
export async function debOf(
  { control, scripts, files }: DebianPackage,
  seconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = files.reduce((sum, { content }) => sum + Math.ceil(content.length / 1_024), 0);
  const lines = Object.entries({ ...control, "Installed-Size": String(size) });
  const text = lines.map(([name, value]) => `${name}: ${value}\n`).join("");
  const fields: Entry = { path: "control", content: new TextEncoder().encode(text) };
  const parts: [string, Uint8Array<ArrayBuffer>][] = [
    ["debian-binary", new TextEncoder().encode("2.0\n")],
    ["control.tar.gz", await tarGzOf(below(ROOT, [fields, ...scripts]), seconds)],
    ["data.tar.gz", await tarGzOf(below(ROOT, files), seconds)],
  ];
  const members = parts.flatMap(([name, content]) => arMember(name, content, seconds));
  return await new Blob(["!<arch>\n", ...members]).bytes();
}

/** A version as Debian orders it: what comes before a release is older than the release. */
export function debianVersion(version: string): string {
  return version.replace("-", "~");
}

/** name(16) time(12) uid(6) gid(6) mode(8) size(10) "`" LF, then the content, to an even length. */
function arMember(name: string, content: Uint8Array<ArrayBuffer>, seconds: number): BlobPart[] {
  const fields = [name.padEnd(16), String(seconds).padEnd(12), "0".padEnd(6), "0".padEnd(6)];
  const header = `${fields.join("")}${"100644".padEnd(8)}${String(content.length).padEnd(10)}\`\n`;
  return [header, content, content.length % 2 === 0 ? "" : "\n"];
}
