/**
 * Loaded before a program, it lets that believe to be on Windows: whatever is not there throws as it
 * does there, and what the system tells of files lacks what it lacks there. Paths stay those of this
 * system, as the disk does.
 *
 * @module
 */

// Loaded first, and so for the paths of this system.
import "@std/path";
import { constants } from "node:fs";

/** What only other systems have. */
const NOT_THERE = /^(?:HOME|TERM|NOTIFY_SOCKET|WATCHDOG_.*|XDG_.*)$/;
/** Places of a user, and where tests have them on other systems. */
const PLACES = new Map([["LOCALAPPDATA", "XDG_STATE_HOME"], ["APPDATA", "XDG_CONFIG_HOME"]]);
const SIGNALS: Readonly<Partial<Record<Deno.Signal, Deno.Signal>>> = {
  SIGINT: "SIGINT",
  SIGBREAK: "SIGTERM", // Which a test can send.
};

/** What there are no such things for. */
const ONLY_ELSEWHERE = {
  uid: null,
  gid: null,
  rdev: null,
  blksize: null,
  isBlockDevice: null,
  isCharDevice: null,
  isFifo: null,
  isSocket: null,
};

function define(target: object, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value });
  }
}

/** What is to be waited for rejects, and does not throw. */
function notSupported(name: string): () => Promise<never> | never {
  const fault = () => new Deno.errors.NotSupported(`Deno.${name} is not there on Windows`);
  if (Object.hasOwn(Deno, `${name}Sync`)) return () => Promise.reject(fault());
  return () => {
    throw fault();
  };
}

/** `act`, which takes no socket in a file. */
function withoutFiles(act: (options: never) => unknown) {
  return (options: { readonly transport?: string }): unknown => {
    if (options.transport?.startsWith("unix")) throw new TypeError("no such transport on Windows");
    return act(options as never);
  };
}

/** `open`, which opens no folder. */
function withoutFolders<R>(open: (path: string | URL, options?: Deno.OpenOptions) => R) {
  return (path: string | URL, options?: Deno.OpenOptions): R => {
    if (isFolder(path)) throw new Deno.errors.PermissionDenied("Access is denied. (os error 5)");
    return open(path, options);
  };
}

const lstatHere = Deno.lstatSync;

function isFolder(path: string | URL): boolean {
  try {
    return lstatHere(path).isDirectory;
  } catch {
    return false;
  }
}

function listening(act: (signal: Deno.Signal, listener: () => void) => void) {
  return (signal: Deno.Signal, listener: () => void): void => {
    const here = SIGNALS[signal];
    if (!here) throw new TypeError(`Windows only supports ctrl-c and ctrl-break, not ${signal}`);
    act(here, listener);
  };
}

function variable(name: string): string | undefined {
  const elsewhere = PLACES.get(name);
  if (elsewhere) return get.call(env, elsewhere);
  return NOT_THERE.test(name) ? undefined : get.call(env, name);
}

function toldOf(info: Deno.FileInfo): Deno.FileInfo {
  return { ...info, ...ONLY_ELSEWHERE };
}

const { stat, statSync, lstat, lstatSync, env, open, openSync } = Deno;
const { get } = env;
const Thread = globalThis.Worker;

for (const flag of ["O_NOFOLLOW", "O_NONBLOCK"]) Reflect.deleteProperty(constants, flag);
define(Deno, { build: { ...Deno.build, os: "windows" } });
define(env, { get: variable });
for (
  const name of [
    "chmod",
    "chmodSync",
    "chown",
    "chownSync",
    "umask",
    "kill",
    "symlink",
    "symlinkSync",
  ]
) {
  define(Deno, { [name]: notSupported(name) });
}
define(Deno, {
  uid: () => null,
  gid: () => null,
  addSignalListener: listening(Deno.addSignalListener),
  removeSignalListener: listening(Deno.removeSignalListener),
  listen: withoutFiles(Deno.listen),
  listenDatagram: withoutFiles(Deno.listenDatagram),
  connect: withoutFiles(Deno.connect),
  // A promise that rejects, and not a throw.
  open: async (...args: Parameters<typeof open>) => await withoutFolders(open)(...args),
  openSync: withoutFolders(openSync),
  stat: async (path: string) => toldOf(await stat(path)),
  lstat: async (path: string) => toldOf(await lstat(path)),
  statSync: (path: string) => toldOf(statSync(path)),
  lstatSync: (path: string) => toldOf(lstatSync(path)),
});

/** A thread that believes the same. */
class ThreadAsWindows extends Thread {
  constructor(url: string | URL, options?: WorkerOptions) {
    const begin = new URL("as_windows_thread.ts", import.meta.url);
    begin.search = new URLSearchParams({ of: String(url) }).toString();
    super(begin, options);
  }
}
define(globalThis, { Worker: ThreadAsWindows });
