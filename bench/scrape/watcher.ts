/**
 * Watches a server over HTTP, as each line of input says: not at all, as Prometheus does, or as open
 * pages do. `watcher.ts <port>`. It answers how much came since the last line.
 *
 * @module
 */

import { answerLines } from "../lines.ts";

/** How a server may be watched. */
export const MODES = ["nobody", "a scrape a second", "ten open pages"] as const;

/** One of {@linkcode MODES}. */
export type WatchMode = typeof MODES[number];

/** What came of watching. */
export interface Watched {
  readonly bytes: number;
}

const encoder = new TextEncoder();
const HOST = "127.0.0.1";
const SCRAPE_MS = 1_000;
const PAGES = 10;
/** What a page asks for when it is opened. */
const AT_FIRST = ["/", "/main.js", "/api/history", "/api/search?q="];

/** Watches until it is disposed of. */
class Watcher implements AsyncDisposable {
  readonly #port: number;
  readonly #buffer = new Uint8Array(65_536);
  readonly #leaving = new AbortController();
  readonly #ends: Promise<void>[] = [];
  bytes = 0;

  constructor(port: string) {
    this.#port = Number(port);
  }

  /** Resolves once it is under way. */
  async begin(mode: WatchMode): Promise<void> {
    if (mode === "a scrape a second") return await this.#scrapeAgainAndAgain();
    if (mode === "ten open pages") {
      await Promise.all(Array.from({ length: PAGES }, () => this.#open()));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await Promise.all(this.#ends);
  }

  async #scrapeAgainAndAgain(): Promise<void> {
    await this.#read("/metrics");
    const timer = setInterval(() => this.#ends.push(this.#read("/metrics")), SCRAPE_MS);
    this.#leaving.signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Resolves with the first event. */
  async #open(): Promise<void> {
    for (const path of AT_FIRST) await this.#read(path);
    const begun = Promise.withResolvers<void>();
    this.#ends.push(this.#read("/api/events", begun.resolve));
    await begun.promise;
  }

  /** Reads what comes until the end, or until it is left. */
  async #read(path: string, onPart: () => void = () => {}): Promise<void> {
    const { signal } = this.#leaving;
    const connection = await Deno.connect({ hostname: HOST, port: this.#port });
    if (signal.aborted) return connection.close();
    const close = () => connection.close();
    signal.addEventListener("abort", close);
    try {
      await connection.write(encoder.encode(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`));
      for (let read; (read = await connection.read(this.#buffer)) !== null;) {
        this.bytes += read;
        onPart();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
  }
}

if (import.meta.main) {
  let watcher = new Watcher(Deno.args[0]!);
  await answerLines(async (line): Promise<Watched> => {
    const { bytes } = watcher;
    await watcher[Symbol.asyncDispose]();
    watcher = new Watcher(Deno.args[0]!);
    await watcher.begin(line as WatchMode);
    return { bytes };
  });
}
