/**
 * The systems that executables are made for.
 *
 * @module
 */

/** A system, and what its archive looks like. */
export interface Target {
  /** As Rust and Deno call it. */
  readonly triple: string;
  readonly archive: "tar.gz" | "zip";
  /** What the name of an executable ends with. */
  readonly suffix: "" | ".exe";
  /** As Debian calls its processor, if there is a package for Debian. */
  readonly debian?: "amd64" | "arm64";
}

/** All of them. */
export const TARGETS: readonly Target[] = [
  { triple: "x86_64-unknown-linux-gnu", archive: "tar.gz", suffix: "", debian: "amd64" },
  { triple: "aarch64-unknown-linux-gnu", archive: "tar.gz", suffix: "", debian: "arm64" },
  { triple: "x86_64-apple-darwin", archive: "tar.gz", suffix: "" },
  { triple: "aarch64-apple-darwin", archive: "tar.gz", suffix: "" },
  { triple: "x86_64-pc-windows-msvc", archive: "zip", suffix: ".exe" },
];

/** The programs of a release. */
export const PROGRAMS = ["bittrickle-server", "bittrickle-client"] as const;
