/**
 * What a command line is read beside, without a system.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type ClientFlags, parseClientFlags } from "../../lib/client/flags.ts";
import type { Surroundings } from "../../lib/client/settings/load_config.ts";

/** The variables and files that there are. */
export interface Given {
  readonly os?: Surroundings["os"];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** Surroundings with nothing but what is given. */
export function surroundings({ os = "linux", env = {}, files = {} }: Given = {}): Surroundings {
  return {
    os,
    env: (name) => env[name],
    readText: (path) => {
      if (Object.hasOwn(files, path)) return files[path]!;
      throw new Deno.errors.NotFound("no such file");
    },
  };
}

/** What the client's command line `args` says, beside nothing but what is given. */
export function flagsOf(args: readonly string[], given?: Given): ClientFlags {
  const flags = parseClientFlags(args, surroundings(given));
  assert(typeof flags === "object");
  return flags;
}
