/**
 * @module
 */

/** Stands between folders in the paths of this system. */
export const SEPARATOR: string = Deno.build.os === "windows" ? "\\" : "/";
