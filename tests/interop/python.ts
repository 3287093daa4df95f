/**
 * Runs the client in Python, whose half of OPAQUE Node computes.
 *
 * @module
 */

// Fetches the package that Node is told of.
import "@serenity-kit/opaque";
import { fromFileUrl } from "@std/path";
import { TEST_HOST } from "../support/host.ts";
import { Program } from "../support/program.ts";
import { canRun } from "../support/permission.ts";

const pathOf = (file: string) => fromFileUrl(new URL(file, import.meta.url));
const PACKAGE = fromFileUrl(import.meta.resolve("@serenity-kit/opaque"));
const OPAQUE = ["node", pathOf("opaque.mjs"), PACKAGE];
/** The second one is Debian's, where another one comes first. */
const PYTHONS = ["python3", "/usr/bin/python3"];
const NEEDED = "import sys, cryptography; sys.exit(sys.version_info < (3, 11))";

/** The first Python that has what the client needs, if there is one. */
const PYTHON: string | undefined = await firstThatRuns(PYTHONS);

/** What the client is made of; `vectors.py` checks it. */
export const SOURCES: readonly string[] = [
  ...["client.py", "index.py", "download.py", "upload.py"],
  ...["transfer.py", "hash_tree.py", "sealed.py"],
].map(pathOf);

/** For a test of the client: ignored without Python 3.11, its package `cryptography`, or Node. */
export const WITH_PYTHON = { ignore: !PYTHON || !await canRun("node", "--version") };

async function firstThatRuns(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await canRun(name, "-c", NEEDED)) return name;
  return undefined;
}

/** Who runs the client. */
export interface PythonUser {
  readonly user: string;
  /** @default `pw-<user>` */
  readonly password?: string;
  /** Of the index, if the client knows it. */
  readonly signingKey?: string;
}

/** Starts the client with a verb and what belongs to it, at the index of `port`. */
export function startPython(
  port: number,
  { user, password = `pw-${user}`, signingKey = "" }: PythonUser,
  verb: string,
  ...args: readonly string[]
): Program {
  const words = [verb, TEST_HOST, String(port), user, ...args, "--", ...OPAQUE];
  const env = { BITTRICKLE_PASSWORD: password, BITTRICKLE_SIGNING_KEY: signingKey };
  return new Program([PYTHON!, "-B", pathOf("client.py"), ...words], { env });
}

/** What a run of Python came to. */
export interface PythonRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Asks all sources of `content` the same, connection by connection: see `probe.py`. */
export async function probeSources(
  port: number,
  { user }: PythonUser,
  content: string,
  connections: readonly (readonly string[])[],
): Promise<Readonly<Record<string, readonly (readonly (readonly string[])[])[]>>> {
  const words = [TEST_HOST, String(port), user, content, "--", ...OPAQUE];
  const env = { BITTRICKLE_PASSWORD: `pw-${user}` };
  await using program = new Program([PYTHON!, "-B", pathOf("probe.py"), ...words], { env });
  const { code, stdout, stderr } = await program.finish(JSON.stringify(connections));
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Runs the client to its end. */
export async function runPython(...args: Parameters<typeof startPython>): Promise<PythonRun> {
  await using program = startPython(...args);
  const { code, stdout, stderr } = await program.finish();
  return { code, out: stdout, err: stderr };
}

/** Checks what the client computes by the vectors of the specification, and tells how many it did. */
export async function checkVectors(): Promise<PythonRun> {
  const words = [PYTHON!, "-B", pathOf("vectors.py"), pathOf("../protocol/vectors")];
  await using program = new Program(words);
  const { code, stdout, stderr } = await program.finish();
  return { code, out: stdout, err: stderr };
}
