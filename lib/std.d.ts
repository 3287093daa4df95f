// The npm build of the Deno standard library has no types; these are the parts that are used here.

declare module "@std/assert" {
  export class AssertionError extends Error {}
  export function assert(condition: unknown, message?: string): asserts condition;
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  export function assertThrows<E extends Error = Error>(
    run: () => unknown,
    // deno-lint-ignore no-explicit-any
    errorClass?: abstract new (...args: any[]) => E,
    messageIncludes?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    run: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any
    errorClass?: abstract new (...args: any[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
}

declare module "@std/async/delay" {
  export function delay(
    ms: number,
    options?: { signal?: AbortSignal; persistent?: boolean },
  ): Promise<void>;
}

declare module "@std/async/pool" {
  export function pooledMap<T, R>(
    poolLimit: number,
    array: Iterable<T> | AsyncIterable<T>,
    iteratorFn: (data: T) => Promise<R>,
  ): AsyncIterableIterator<R>;
}

declare module "@std/cli/parse-args" {
  export interface ParsedArgs {
    readonly _: readonly (string | number)[];
    readonly [flag: string]: unknown;
  }
  export function parseArgs(args: readonly string[], options?: {
    boolean?: readonly string[];
    collect?: readonly string[];
    negatable?: readonly string[];
    string?: readonly string[];
    alias?: Readonly<Record<string, string>>;
    default?: Readonly<Record<string, unknown>>;
    stopEarly?: boolean;
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }): ParsedArgs;
}

declare module "@std/fs/walk" {
  export function walk(
    root: string,
    options?: { includeDirs?: boolean; followSymlinks?: boolean; skip?: readonly RegExp[] },
  ): AsyncIterableIterator<Deno.DirEntry & { path: string }>;
}

declare module "@std/path" {
  export const SEPARATOR: string;
  export function basename(path: string): string;
  export function dirname(path: string): string;
  export function fromFileUrl(url: string | URL): string;
  export function isAbsolute(path: string): boolean;
  export function join(...paths: string[]): string;
  export function relative(from: string, to: string): string;
  export function resolve(...paths: string[]): string;
}

declare module "@std/semver/parse" {
  export interface SemVer {
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
    readonly prerelease: readonly (string | number)[];
    readonly build: readonly string[];
  }
  /** @throws {TypeError} */
  export function parse(version: string): SemVer;
}

declare module "@std/semver/compare" {
  import type { SemVer } from "@std/semver/parse";
  export function compare(one: SemVer, other: SemVer): -1 | 0 | 1;
}

declare module "@std/yaml/parse" {
  /** @throws {SyntaxError} */
  export function parse(text: string): unknown;
}

declare module "libsodium-wrappers" {
  /** The parts of libsodium that are used here. */
  interface Sodium {
    readonly ready: Promise<void>;
    crypto_aead_chacha20poly1305_ietf_encrypt(
      message: Uint8Array,
      additionalData: Uint8Array,
      secretNonce: null,
      publicNonce: Uint8Array,
      key: Uint8Array,
    ): Uint8Array;
    /** @throws if the box is not what was sealed */
    crypto_aead_chacha20poly1305_ietf_decrypt(
      secretNonce: null,
      ciphertext: Uint8Array,
      additionalData: Uint8Array,
      publicNonce: Uint8Array,
      key: Uint8Array,
    ): Uint8Array;
    crypto_aead_xchacha20poly1305_ietf_encrypt: Sodium["crypto_aead_chacha20poly1305_ietf_encrypt"];
    /** @throws if the box is not what was sealed */
    crypto_aead_xchacha20poly1305_ietf_decrypt: Sodium["crypto_aead_chacha20poly1305_ietf_decrypt"];
    crypto_generichash(length: number, message: Uint8Array, key: Uint8Array): Uint8Array;
  }
  const sodium: Sodium;
  export default sodium;
}
