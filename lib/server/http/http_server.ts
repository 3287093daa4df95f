/**
 * The HTTP server as the thread of the index knows it.
 *
 * @module
 */

import { listenTo } from "../../async/thread_link.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";
import type { Administration, StatusSource } from "../status/status.ts";
import { answersOf, type Questions } from "./backend.ts";
import type { StreamEvent } from "./event_streams.ts";
import { StatusFeed } from "./status_feed.ts";
import {
  errorOf,
  faultOf,
  type FromHttp,
  type HttpConfig,
  type HttpSecrets,
  type Question,
  type ToHttp,
} from "./worker_messages.ts";
import type { AdminAction } from "../log/log_text.ts";

/** How long the thread may take to begin, in milliseconds: it loads its modules. */
const START_MS = 30_000;

/** What an {@linkcode HttpServer} tells and does. */
export interface HttpServerOptions {
  readonly source: StatusSource;
  readonly administration: Administration;
  /** Hears of what administrators do. */
  readonly onAction?: (action: AdminAction) => void;
  /** Hears that the thread has broken down, and that there is no page any more. */
  readonly onFault?: (reason: string) => void;
}

/** A status page in a thread of its own. */
export class HttpServer implements Disposable {
  /** Where it listens. */
  readonly address: Address;
  /** Where browsers find it. */
  readonly url: string;
  readonly #worker: Worker;
  readonly #feed: StatusFeed;

  private constructor(address: Address, isSecure: boolean, worker: Worker, feed: StatusFeed) {
    this.address = address;
    this.url = `${isSecure ? "https" : "http"}://${formatAddress(address)}/`;
    this.#worker = worker;
    this.#feed = feed;
  }

  /**
   * Starts one.
   *
   * @throws {BitTrickleError} `network` if the address cannot be listened on, `usage` for a bad
   * certificate, `timeout`
   */
  static async start(config: HttpConfig, options: HttpServerOptions): Promise<HttpServer> {
    const worker = new Worker(new URL("./http_worker.ts", import.meta.url), { type: "module" });
    const send = (message: ToHttp) => worker.postMessage(message);
    const feed = new StatusFeed(options.source, (events: readonly StreamEvent[]) => {
      send({ kind: "events", events });
    });
    try {
      const address = await listening(worker, options, feed, send, config);
      return new HttpServer(address, config.certificate !== undefined, worker, feed);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /**
   * Goes on with another certificate, which was found to be good, or another token. Administrators
   * stay logged in; who has shown a former token has to show the new one.
   */
  renew(secrets: HttpSecrets): void {
    this.#worker.postMessage({ kind: "renew", secrets } satisfies ToHttp);
  }

  [Symbol.dispose](): void {
    this.#feed[Symbol.dispose]();
    this.#worker.terminate();
  }
}

async function listening(
  worker: Worker,
  { source, administration, onAction, onFault }: HttpServerOptions,
  feed: StatusFeed,
  send: (message: ToHttp) => void,
  config: HttpConfig,
): Promise<Address> {
  const begun = Promise.withResolvers<Address>();
  const answers = answersOf(source, administration);
  listenTo<FromHttp>(worker, {
    onReply: (reply) => {
      if (reply.kind === "question") answer(answers, reply).then(send);
      else if (reply.kind === "watch") feed.watch(reply.isWatched);
      else if (reply.kind === "action") onAction?.(reply.action);
      else if (reply.kind === "listening") begun.resolve(reply.address);
      else begun.reject(errorOf(reply.fault));
    },
    onBroken: (reason) => {
      feed.watch(false);
      begun.reject(new Error(reason));
      onFault?.(reason);
    },
  });
  send({ kind: "start", config });
  const address = await withTimeout(begun.promise, START_MS);
  if (address) return address;
  throw new BitTrickleError("timeout", "The status page has not started: try again");
}

/** What `question` is answered with: those that are there are all that may be asked. */
async function answer(answers: Questions, { number, name, args }: Question): Promise<ToHttp> {
  try {
    const ask = answers[name] as (...args: readonly unknown[]) => Promise<unknown>;
    return { kind: "answer", number, value: await ask(...args) };
  } catch (error) {
    return { kind: "answer", number, fault: faultOf(error) };
  }
}
