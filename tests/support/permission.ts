/**
 * What the test run may do, so that a test that may not work is reported as ignored.
 *
 * @module
 */

/** Whether every one of `names` has been granted. */
export function may(...names: Deno.PermissionDescriptor["name"][]): boolean {
  return names.every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

/** Whether tests may use the disk. */
export const MAY_USE_DISK: boolean = may("read", "write");

/** Whether tests may start programs that use the disk. */
export const MAY_RUN: boolean = may("read", "write", "run", "env");

/** Whether the program `name` can be started. */
export async function canRun(name: string, ...args: string[]): Promise<boolean> {
  if (!MAY_RUN) return false;
  try {
    const command = new Deno.Command(name, { args, stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}
