/**
 * What the operating system and the runtime say, in words for a person.
 *
 * @module
 */

/** By the system's code. Each goes on after a colon. */
const BY_CODE: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "no such file or folder",
  EEXIST: "something of that name is already there",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  ENOTEMPTY: "the folder is not empty",
  ELOOP: "its links lead round in a circle",
  ENAMETOOLONG: "the name is too long for this system",
  EINVAL: "the system does not accept it",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full", // Or what this user may have of it.
  EFBIG: "the file is too large for this disk",
  EROFS: "the disk may only be read",
  EIO: "the disk fails",
  ESTALE: "the network disk has lost it",
  EXDEV: "it is on another disk",
  EBUSY: "another program is using it",
  ETXTBSY: "another program is using it",
  ENXIO: "nothing is behind it",
  ENODEV: "nothing is behind it",
  EMFILE: "too many files and connections are open: raise the limit (ulimit -n)",
  ENFILE: "too many files and connections are open on this machine",
  ENOMEM: "the memory is full",
  ENOBUFS: "the memory is full",
  EMSGSIZE: "the message is too long for this network",
  EADDRINUSE: "another program is using the port: stop it, or choose another port",
  EADDRNOTAVAIL: "the address is not one of this machine",
  EAFNOSUPPORT: "this machine has no such addresses",
  ECONNREFUSED: "nobody is listening there",
  ECONNRESET: "the other side has broken it off",
  ECONNABORTED: "it was broken off",
  EPIPE: "the other side has gone",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no route leads to that host: check the address and the network",
  EHOSTDOWN: "the host is down",
  ENETUNREACH: "no route leads to that network: check the address and the network",
  ENETDOWN: "the network is down",
};

/** By the runtime's name of an error that has no code. */
const BY_NAME: Readonly<Record<string, string>> = {
  NotCapable: "it is outside of what this program may use, as is all below /dev, /proc and /sys",
  PermissionDenied: BY_CODE.EACCES!,
  NotFound: BY_CODE.ENOENT!,
  AlreadyExists: BY_CODE.EEXIST!,
  NotADirectory: BY_CODE.ENOTDIR!,
  IsADirectory: BY_CODE.EISDIR!,
  FilesystemLoop: BY_CODE.ELOOP!,
  Busy: BY_CODE.EBUSY!,
  AddrInUse: BY_CODE.EADDRINUSE!,
  AddrNotAvailable: BY_CODE.EADDRNOTAVAIL!,
  ConnectionRefused: BY_CODE.ECONNREFUSED!,
  ConnectionReset: BY_CODE.ECONNRESET!,
  ConnectionAborted: BY_CODE.ECONNABORTED!,
  BrokenPipe: BY_CODE.EPIPE!,
  NetworkUnreachable: BY_CODE.ENETUNREACH!,
  TimedOut: BY_CODE.ETIMEDOUT!,
  UnexpectedEof: "it ended too early",
  BadResource: "it was closed",
  Interrupted: "it was interrupted",
  WriteZero: "nothing more can be written",
};

/** By a part of the text of an error that has neither: SQLite's, and those of the name service. */
const BY_TEXT: readonly (readonly [said: RegExp, words: string])[] = [
  [/^failed to lookup address/, "there is no such host"],
  [/\b(?:is locked|locking protocol)$/, "another program is writing to it"],
  [/^database or disk is full$/, BY_CODE.ENOSPC!],
  [/^attempt to write a readonly database$/, "it may not be written"],
  [/^unable to open database file/, "it cannot be opened or made there"],
  [/^disk I\/O error$/, BY_CODE.EIO!],
  [/^file is not a database$/, "it is not a database"],
  [/^(?:database disk image is malformed|malformed database schema)/, "it is damaged"],
];

/** The system's words at the beginning of the texts of other errors, of which there are two forms. */
const SYSTEM_WORDS = /^(?:(.+?) \(os error \d+\)|E[A-Z0-9]+: ([^,]+))/s;

/** Most characters of a technical reason that a person is shown. */
const SHOWN_CHARACTERS = 120;

/**
 * Why the system, or the runtime in its place, refused, or `undefined` if `error` is none of theirs.
 * No word of the runtime is in it: its advice is for those who start programs with it.
 */
export function systemFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  const known = typeof code === "string" ? BY_CODE[code] : undefined;
  return known ?? BY_NAME[error.name] ?? knownText(error.message) ?? systemWords(error.message);
}

/**
 * What `error` says by itself, in one line, for those who will look for its cause: where nothing better
 * is known, it goes into parentheses.
 */
export function technicalReason(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const [line = ""] = said.replace(/^Uncaught (?:\(in [^)]*\) )?/, "").split("\n", 1);
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

function knownText(message: string): string | undefined {
  return BY_TEXT.find(([said]) => said.test(message))?.[1];
}

function systemWords(message: string): string | undefined {
  const [, long, short] = SYSTEM_WORDS.exec(message) ?? [];
  const words = long ?? short;
  return words && `the system refuses it (${words[0]!.toLowerCase()}${words.slice(1)})`;
}
