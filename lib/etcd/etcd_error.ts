/**
 * Why etcd has not done something.
 *
 * @module
 */

import { BitTrickleError, malformed } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";

/** Codes of gRPC with which etcd says that it has done nothing, and will not. */
const DEFINITE = {
  INVALID: 3,
  NOT_FOUND: 5,
  DENIED: 7,
  EXHAUSTED: 8,
  STATE: 9,
  RANGE: 11,
  WHO: 16,
};
const DEFINITE_CODES: readonly number[] = Object.values(DEFINITE);
/** Most characters of what etcd says that are shown. */
const SHOWN = 200;

/** What is known better than etcd says it. */
const WORDS: readonly (readonly [said: RegExp, words: string])[] = [
  [
    /database space exceeded/,
    "etcd's database is full: raise its quota, compact and defragment it",
  ],
  [/request is too large/, "that is more than etcd takes at once: raise its --max-request-bytes"],
  [/authentication failed/, "etcd has no such user, or another password"],
  [/user name is empty/, "etcd asks for a user: --etcd-user and --etcd-password-file"],
  [
    /CommonName of client sending a request against gateway/,
    "etcd refuses certificates with a common name when it asks for users: issue that of the servers without CN",
  ],
  [/permission denied/, "etcd does not let this server do that: check the role of its user"],
  [/required revision has been compacted/, "etcd has forgotten what was before"],
  [/no leader|request timed out|leader changed/, "etcd has no majority at the moment"],
];

/** The error that etcd's answer `text` stands for. */
export function etcdError(text: string, cause?: unknown): BitTrickleError {
  const { message, code } = read(text);
  if (message === undefined) {
    const words = wordsFor(text);
    if (words !== undefined) return new BitTrickleError("refused", words, { cause: text });
    return malformed(`etcd answers with what is no JSON: "${shown(text)}"`, cause);
  }
  return etcdSaid(message, code);
}

/** The error that etcd's words stand for. @param code That of gRPC, if there is one */
export function etcdSaid(message: string, code: number = NaN): BitTrickleError {
  const words = wordsFor(message) ?? `etcd says "${shown(message)}"`;
  return new BitTrickleError(DEFINITE_CODES.includes(code) ? "refused" : "network", words, {
    cause: message,
  });
}

/** Whether after `error` it is unknown if etcd has done something: it can be asked again. */
export function isUnknown(error: unknown): error is BitTrickleError {
  return error instanceof BitTrickleError &&
    (error.code === "network" || error.code === "timeout" || error.code === "malformed");
}

/** Whether etcd has said no, which the next endpoint would say as well. */
export function isDefinite(error: unknown): boolean {
  return error instanceof BitTrickleError && error.code === "refused";
}

/**
 * `error`, of what could not be kept, as one of etcd if that is why: a command ends with the same code for that
 * whatever it was about.
 */
export function asEtcdError(error: unknown): unknown {
  const isOfEtcd = error instanceof BitTrickleError && error.code === "disk" &&
    error.cause instanceof BitTrickleError;
  if (!isOfEtcd) return error;
  const { code } = error.cause as BitTrickleError;
  return new BitTrickleError(code, error.message, { cause: error });
}

/** Whether etcd has forgotten the revision that was asked for. */
export function isCompacted(error: unknown): boolean {
  return error instanceof BitTrickleError && /has been compacted/.test(String(error.cause));
}

/** Whether etcd has forgotten as whom it is asked, or that has changed, or it asks for that since. */
export function isTokenGone(error: BitTrickleError): boolean {
  return /invalid auth token|revision of auth store is old|user name is empty/
    .test(String(error.cause));
}

/** Whether etcd does not ask for users. */
export function wantsNoUsers(error: unknown): boolean {
  return isDefinite(error) && /authentication is not enabled/.test(String((error as Error).cause));
}

function read(text: string): { message?: string; code: number } {
  try {
    const { message, error, code } = JSON.parse(text);
    const said = message ?? error?.message ?? error;
    return typeof said === "string"
      ? { message: said, code: Number(code ?? error?.grpc_code) }
      : { code: NaN };
  } catch {
    return { code: NaN };
  }
}

function wordsFor(said: string): string | undefined {
  return WORDS.find(([pattern]) => pattern.test(said))?.[1];
}

function shown(text: string): string {
  return escapeText(text.slice(0, SHOWN));
}
