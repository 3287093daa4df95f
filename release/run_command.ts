/**
 * Programs that a release is made with.
 *
 * @module
 */

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment. @default that of this process */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that did not succeed. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";

  constructor(words: readonly string[], readonly output: string) {
    super(`${words.join(" ")} failed:\n${output}`);
  }
}

/**
 * Runs a program to its end and returns what it wrote to standard output.
 *
 * @throws {CommandFailed}
 */
export async function runCommand(
  words: readonly string[],
  { cwd, env }: RunOptions = {},
): Promise<string> {
  const [name, ...args] = words;
  const { success, stdout, stderr } = await new Deno.Command(name!, {
    args,
    stdin: "null",
    ...cwd === undefined ? {} : { cwd },
    ...env === undefined ? {} : { clearEnv: true, env },
  }).output();
  if (!success) throw new CommandFailed(words, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
