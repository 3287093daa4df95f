/**
 * How the nodes of etcd are, each asked by itself: a fleet does not notice one that is gone, until the next one is.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { escapeText } from "../protocol/escape.ts";
import { asList } from "./answers.ts";
import { Gateway, type GatewayOptions } from "./gateway.ts";

/** How often a running server looks, in milliseconds. */
const LOOK_MS = 10_000;
/** Longest that a node is waited for, in milliseconds. */
const ANSWER_MS = 1_500;
/** Most characters that are shown of an alarm which is not known. */
const SHOWN = 100;

/** What is known of the nodes. */
export interface NodesFound {
  readonly total: number;
  readonly reached: number;
  /** What they have raised an alarm for, if so. */
  readonly alarm?: string;
}

/**
 * What the node that `gateway` leads to has raised an alarm for, if so. It is asked once.
 *
 * @throws {BitTrickleError} as {@linkcode Gateway.call}
 */
export async function alarmAt(gateway: Gateway): Promise<string | undefined> {
  const options = { ms: ANSWER_MS, isOnce: true };
  const { errors } = await gateway.call("/v3/maintenance/status", {}, options);
  // It has `memberID:… alarm:NOSPACE` among the errors, and what else it may be about.
  const names = asList(errors, "errors").flatMap((it) => /alarm:(\S+)/.exec(String(it))?.[1] ?? []);
  const name = names[0];
  if (name === undefined) return undefined;
  return name === "NOSPACE"
    ? "etcd's database is full: raise its quota, compact and defragment it, and disarm the alarm"
    : `etcd has raised the alarm ${escapeText(name.slice(0, SHOWN))}`;
}

/** Looks at all nodes now and then, until it is disposed of. */
export class NodeWatch implements AsyncDisposable {
  readonly #gateways: readonly Gateway[];
  readonly #onFound: (found: NodesFound) => void;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor({ endpoints, ...options }: GatewayOptions, onFound: (found: NodesFound) => void) {
    this.#gateways = endpoints.map((endpoint) =>
      new Gateway({ ...options, endpoints: [endpoint] })
    );
    this.#onFound = onFound;
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const gateway of this.#gateways) gateway[Symbol.dispose]();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const found = await this.#look();
      if (signal.aborted) return;
      this.#onFound(found);
      await delay(LOOK_MS, { signal }).catch(() => {});
    }
  }

  async #look(): Promise<NodesFound> {
    const answers = await Promise.allSettled(this.#gateways.map(alarmAt));
    const reached = answers.filter((it) => it.status === "fulfilled");
    const alarm = reached.find(({ value }) => value !== undefined)?.value;
    return {
      total: answers.length,
      reached: reached.length,
      ...alarm === undefined ? {} : { alarm },
    };
  }
}
