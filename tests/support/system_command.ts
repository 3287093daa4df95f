/**
 * Commands of the system, run to their end.
 *
 * @module
 */

/**
 * Runs `name` with `args` and returns what it wrote to standard output.
 *
 * @throws {Error} With what it wrote to standard error, if it failed.
 */
export async function systemCommand(name: string, ...args: string[]): Promise<string> {
  const command = new Deno.Command(name, { args, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${name} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
