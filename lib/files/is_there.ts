/**
 * Whether something has a name, be it a link that leads nowhere.
 *
 * @module
 */

/** Whether anything is at `path`; what cannot be looked at counts as nothing. */
export function isThere(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, () => false);
}

/** Whether anything is at `path`, at once. @throws whatever the system says of a path that it hides */
export function isThereSync(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
