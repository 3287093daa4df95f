/**
 * The sources that a release is made from: those of a commit, and nothing else that is in the folder.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { runCommand } from "./run_command.ts";

const REPOSITORY = fromFileUrl(new URL("../", import.meta.url));
const COMPILE_PARTS = " && ";

/** What executables hold of the path of the packages has to be the same on every machine. */
const PLACE = Deno.build.os === "windows" ? undefined : "/tmp";

/** What a commit is called, and when it was made. */
export interface Commit {
  readonly hash: string;
  /** The day, as 2026-11-27. */
  readonly date: string;
  /** Seconds since 1970: all files of the release are that old. */
  readonly seconds: number;
}

/** A copy of the sources of a commit, which knows that it is a release. */
export class SourceTree implements AsyncDisposable {
  private constructor(
    /** Holds all that is only needed to make the release. */
    private readonly place: string,
    readonly folder: string,
    readonly commit: Commit,
    /** The `deno.json` of the sources. */
    readonly config: {
      readonly version: string;
      readonly imports: Readonly<Record<string, string>>;
      readonly tasks: Readonly<Record<string, string>>;
    },
  ) {}

  /**
   * Copies the sources of the commit that is checked out.
   *
   * @param releases The address of the page of releases, if there is to be one
   */
  static async checkOut(releases: string | null): Promise<SourceTree> {
    const commit = await headCommit();
    const place = await makePlace(commit);
    const folder = join(place, "sources");
    await Deno.mkdir(folder);
    await unpackCommit(commit, folder);
    await writeStamp(join(folder, "lib/cli/build.json"), commit, releases);
    const config = JSON.parse(await readFrom(folder, "deno.json"));
    return new SourceTree(place, folder, commit, config);
  }

  /** A folder for a cache of Deno's. */
  get cache(): string {
    return join(this.place, "cache");
  }

  /** The folder that makes executables the same everywhere, if that was there already. */
  get taken(): string | undefined {
    const usual = usualPlace(this.commit);
    return this.place === usual ? undefined : usual;
  }

  /** The text of one of the sources. */
  async read(path: string): Promise<string> {
    return await readFrom(this.folder, path);
  }

  /** The commands of the task `compile`, one a program, as words. */
  compileCommands(): string[][] {
    return this.config.tasks["compile"]!.split(COMPILE_PARTS).map((it) => it.split(" "));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.place, { recursive: true });
  }
}

function usualPlace({ hash }: Commit): string | undefined {
  return PLACE && join(PLACE, `bittrickle-release-${hash.slice(0, 12)}`);
}

/** The usual place, or another one where that is taken. */
async function makePlace(commit: Commit): Promise<string> {
  const usual = usualPlace(commit);
  try {
    if (usual === undefined) throw new Deno.errors.AlreadyExists();
    await Deno.mkdir(usual, { mode: 0o700 });
    return usual;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await Deno.makeTempDir({ prefix: "bittrickle-release-" });
  }
}

/** What is in the folder and in no commit, and so in no release: one line each. */
export async function uncommitted(): Promise<string[]> {
  const text = await runCommand(["git", "status", "--porcelain"], { cwd: REPOSITORY });
  return text.split("\n").filter((line) => line !== "");
}

async function headCommit(): Promise<Commit> {
  const words = ["git", "show", "--no-patch", "--format=%H %ct", "HEAD"];
  const [hash, seconds] = (await runCommand(words, { cwd: REPOSITORY })).trim().split(" ");
  const date = new Date(Number(seconds) * 1_000).toISOString().slice(0, 10);
  return { hash: hash!, date, seconds: Number(seconds) };
}

async function unpackCommit({ hash }: Commit, folder: string): Promise<void> {
  const archive = join(folder, "sources.tar");
  await runCommand(["git", "archive", `--output=${archive}`, hash], { cwd: REPOSITORY });
  await runCommand(["tar", "-xf", "sources.tar"], { cwd: folder });
  await Deno.remove(archive);
}

/** Executables hold the times of their sources: this one gets that of all others. */
async function writeStamp(
  path: string,
  { hash, date, seconds }: Commit,
  releases: string | null,
): Promise<void> {
  await Deno.writeTextFile(path, `${JSON.stringify({ commit: hash, date, releases })}\n`);
  await Deno.utime(path, seconds, seconds);
}

function readFrom(folder: string, path: string): Promise<string> {
  return Deno.readTextFile(join(folder, path));
}
