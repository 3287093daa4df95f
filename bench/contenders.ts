/**
 * Servers to compare, each with a process that asks it.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { fromFileUrl } from "@std/path";
import { toBase64Url } from "../lib/protocol/base64url.ts";
import { Child } from "./child.ts";
import type { Kind, Round } from "./clients/load.ts";
import { credentialsText, type Measured } from "./clients/questions.ts";
import { CLUSTER_KEY } from "./fleet/start.ts";
import { udpPortsOf } from "./proc.ts";

/** Turns that the server's loop has under way at once: what the bare echo does too. */
export const LOOPS = 8;

/** What V8 is told for the real server, as in `deno.json`. */
export const SERVER_FLAGS = ["--v8-flags=--max-semi-space-size=8"];

/** How often, and after which pause in milliseconds, a starting server is looked at. */
const START = { tries: 400, pause: 50 };

/** A server that listens. */
export interface Server {
  readonly child: Child;
  readonly port: number;
}

/**
 * Asks one server for the time of one round.
 *
 * @param ms How long it is asked at full load, in milliseconds. @default half a second
 */
export type Contender = (verb: Measured, ms?: number) => Promise<Round>;

/** What the real server is started with. */
export interface ServerOptions {
  /** Users beside those who are always there. */
  readonly users?: readonly string[];
  /** The name of the data file. @default {none} */
  readonly data?: string;
  /** The name of the file that a log goes to. @default {no log} */
  readonly log?: string;
  /** The port of its status page. @default {no page} */
  readonly http?: number;
  /** Where etcd is that keeps all for a fleet. @default {it is a single server} */
  readonly etcd?: string;
}

/** How a program of the benchmark is started. */
export interface StartOptions {
  /** Flags of Deno. */
  readonly flags?: readonly string[];
  /** The file that its output goes to. @default {to the one who asks} */
  readonly output?: string;
}

/** Starts processes, with files in one folder, and ends them. */
export class Contenders implements AsyncDisposable {
  readonly #started = new AsyncDisposableStack();

  constructor(readonly folder: string, readonly signal: AbortSignal) {}

  /** Starts a program of the benchmark, `script` being a path from this folder. */
  start(script: string, args: readonly (string | number)[], options: StartOptions = {}): Child {
    const { flags = [], output } = options;
    const path = fromFileUrl(new URL(script, import.meta.url));
    const deno = [Deno.execPath(), "run", "--quiet", "-A", ...flags, path, ...args.map(String)];
    const redirect = output === undefined ? [] : ["sh", "-c", 'exec "$@" >"$0" 2>&1', output];
    const [command, ...rest] = [...redirect, ...deno];
    const { signal } = this;
    signal.throwIfAborted();
    const pipes = { stdin: "piped", stdout: "piped" } as const;
    const process = new Deno.Command(command!, { args: rest, signal, ...pipes }).spawn();
    return this.#started.use(new Child([script, ...args].join(" "), process));
  }

  /** Starts the real server. */
  async server(options: ServerOptions = {}): Promise<Server> {
    const { users = [], data, log, http, etcd } = options;
    const path = (name: string) => `${this.folder}/${name}`;
    // The files of a server whose users are in etcd are of no use to one by itself.
    const credentials = path(etcd === undefined ? "users.txt" : "fleet-users.txt");
    await Deno.writeTextFile(credentials, credentialsText(users));
    const place = etcd === undefined
      ? ["--data", data ? path(data) : ":memory:"]
      : await this.#flagsOf(etcd);
    const files = ["--credentials", credentials, ...place];
    const port = freePort();
    const page = http === undefined ? [] : ["--http", http];
    const args = [port, ...files, ...page, "--log", log ? "text" : "off"];
    const output = log ? { output: path(log) } : {};
    const child = this.start("../server.ts", args, { flags: SERVER_FLAGS, ...output });
    const server = await listening(child, port);
    if (http !== undefined) await servingPage(child, http);
    return server;
  }

  /** Starts the bare echo. */
  async echo(): Promise<Server> {
    return await listening(this.start("clients/bare_echo.ts", [LOOPS]));
  }

  /** Starts a process that asks `server`. */
  ask(kind: Kind, { child, port }: Server): Contender {
    const load = this.start("clients/load.ts", [kind, port, child.pid]);
    return (verb, ms) => load.ask<Round>(ms === undefined ? verb : `${verb} ${ms}`);
  }

  async #flagsOf(etcd: string): Promise<string[]> {
    const key = `${this.folder}/cluster.key`;
    await Deno.writeTextFile(key, toBase64Url(CLUSTER_KEY));
    return ["--journal", `etcd:${etcd}`, "--cluster-key", key];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started.disposeAsync();
  }
}

/** Waits until `child` listens over UDP, at the `wanted` port if there is one. */
async function listening(child: Child, wanted?: number): Promise<Server> {
  for (let i = 0; i < START.tries; i++) {
    const port = udpPortsOf(child.pid).find((port) => port === (wanted ?? port));
    if (port) return { child, port };
    await delay(START.pause);
  }
  throw new Error(`${child.name} does not start`);
}

/** Waits until `child` takes connections at `port`: its page begins after it listens over UDP. */
async function servingPage(child: Child, port: number): Promise<void> {
  for (let i = 0; i < START.tries; i++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    if (connection) return connection.close();
    await delay(START.pause);
  }
  throw new Error(`The page of ${child.name} does not start`);
}

/** The port of a socket that is closed again: the server has others beside the one that is named. */
export function freePort(): number {
  using socket = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return socket.addr.port;
}
