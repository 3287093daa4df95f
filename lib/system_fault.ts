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
  EDQUOT: "the disk is full",
  EFBIG: "the file is too large for this disk",
  EROFS: "the disk may only be read",
  EIO: "the disk fails",
  ESTALE: "the network disk has lost it",
  EXDEV: "it is on another disk",
  EBUSY: "another program is using it",
  ETXTBSY: "another program is using it",
  ENXIO: "nothing is behind it",
  ENODEV: "nothing is behind it",
  EMFILE: "too many files and connections are open",
  ENFILE: "too many files and connections are open",
  ENOMEM: "the memory is full",
  ENOBUFS: "the memory is full",
  EADDRINUSE: "another program is using the port",
  EADDRNOTAVAIL: "the address is not one of this machine",
  EAFNOSUPPORT: "this machine has no such addresses",
  ECONNREFUSED: "nobody is listening there",
  ECONNRESET: "the other side has broken it off",
  ECONNABORTED: "it was broken off",
  EPIPE: "the other side has gone",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no way leads there",
  EHOSTDOWN: "no way leads there",
  ENETUNREACH: "no way leads there",
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

/** The system's words at the beginning of the texts of other errors, of which there are two forms. */
const SYSTEM_WORDS = /^(?:(.+?) \(os error \d+\)|E[A-Z0-9]+: ([^,]+))/s;

/**
 * Why the system, or the runtime in its place, refused, or `undefined` if `error` is none of theirs.
 * No word of the runtime is in it: its advice is for those who start programs with it.
 */
export function systemFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  const known = typeof code === "string" ? BY_CODE[code] : undefined;
  return known ?? BY_NAME[error.name] ?? systemWords(error.message);
}

function systemWords(message: string): string | undefined {
  const [, long, short] = SYSTEM_WORDS.exec(message) ?? [];
  const words = long ?? short;
  return words && words[0]!.toLowerCase() + words.slice(1);
}
