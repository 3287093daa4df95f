/**
 * The way to etcd: its JSON gateway, by HTTP.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../errors.ts";
import { abortedBy } from "./aborted_by.ts";
import { asObject, asToken, type JsonObject } from "./answers.ts";
import { readText } from "./bounded_text.ts";
import { Endpoints } from "./endpoints.ts";
import { fetchFault } from "./fetch_fault.ts";
import { etcdError, isDefinite, isTokenGone, wantsNoUsers } from "./etcd_error.ts";
import { type Attempt, firstAnswer } from "./first_answer.ts";
import { Patience } from "./patience.ts";

/** Longest that a call goes on through all endpoints: a client waits 5 s for its answer. */
export const CALL_MS = 3_000;
/** Bytes of the longest answer: a page of the longest values is a quarter of it. */
const ANSWER_BYTES = 64 * 1_024 * 1_024;

/** Certificates, in PEM. */
export interface GatewayTls {
  /** The authorities that are trusted beside the system's. */
  readonly ca?: string | undefined;
  /** What this server shows, and its key. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** How etcd is reached. */
export interface GatewayOptions {
  /** Such as `https://a:2379`, at least one. */
  readonly endpoints: readonly string[];
  readonly tls?: GatewayTls | undefined;
  /** As whom, if etcd asks for that. */
  readonly user?: EtcdUser | undefined;
}

/** A user of etcd. */
export interface EtcdUser {
  readonly name: string;
  /** Asked for at each login: whoever changes it at etcd need not start the servers again. */
  readonly password: () => Promise<string>;
}

/** How long a call may take, and what breaks it off. */
export interface CallOptions {
  /** In all. @default {CALL_MS} */
  readonly ms?: number | undefined;
  /** For how long an endpoint may be silent before the next one is asked as well. @default as {@linkcode Patience} has it */
  readonly attemptMs?: number | undefined;
  /** Whether one attempt is all. @default {false} */
  readonly isOnce?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Calls one endpoint until it fails, and then the next one. */
export class Gateway implements Disposable {
  readonly endpoints: Endpoints;
  readonly #patience = new Patience();
  readonly #client: Deno.HttpClient;
  readonly #user: EtcdUser | undefined;
  readonly #closing = new AbortController();
  /** The id of the cluster of etcd that was joined. */
  #cluster: unknown;
  /** What stands for the user, as long as etcd knows it. */
  #token: string | undefined;
  #isUserIdle = false;

  constructor({ endpoints, tls = {}, user }: GatewayOptions) {
    this.endpoints = new Endpoints(endpoints, Math.random());
    this.#user = user;
    const { ca, certificate, key } = tls;
    this.#client = Deno.createHttpClient({
      http2: false, // Slower, and one lost packet would stop the watch as well.
      ...ca === undefined ? {} : { caCerts: [ca] },
      ...certificate === undefined || key === undefined ? {} : { cert: certificate, key },
    });
  }

  /** Whether etcd has said that it asks nobody for a user, and goes on without that of this server. */
  get isUserIdle(): boolean {
    return this.#isUserIdle;
  }

  /**
   * What etcd answers to `body` at `path`. It may be asked several times, at one endpoint after
   * the other, so that `body` must be something that has no second effect.
   *
   * @throws {BitTrickleError} `refused` if etcd says no; `timeout` or `network` if it is unknown
   * whether it has done it; `malformed` if its answer is none; `interrupted`
   */
  async call(
    path: string,
    body: JsonObject,
    { ms = CALL_MS, attemptMs = this.#patience.ms, isOnce = false, signal }: CallOptions = {},
  ): Promise<JsonObject> {
    using ending = abortedBy(signal, this.#closing.signal);
    const begin = (signal: AbortSignal) => this.#begin(path, body, signal);
    const silenceMs = isOnce ? ms : attemptMs;
    return await firstAnswer(begin, { ms, silenceMs, isOnce, signal: ending.signal });
  }

  /**
   * The lines that etcd goes on to answer at `endpoint` to `body` at `path`, until `signal`.
   *
   * @throws {BitTrickleError} as {@linkcode call}
   */
  async stream(
    endpoint: string,
    path: string,
    body: JsonObject,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    await this.#logIn(endpoint, signal);
    const response = await this.#fetch(endpoint, path, body, signal);
    if (response.ok && response.body) return response.body;
    throw this.#refusal(await readText(response, ANSWER_BYTES, signal));
  }

  /** Ends all calls. */
  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#client.close();
  }

  #begin(path: string, body: JsonObject, signal: AbortSignal): Attempt<JsonObject> {
    const endpoint = this.endpoints.best;
    const onFault = () => this.endpoints.failed(endpoint, performance.now());
    return { answer: this.#attempt(endpoint, path, body, signal, onFault), onSilence: onFault };
  }

  async #attempt(
    endpoint: string,
    path: string,
    body: JsonObject,
    signal: AbortSignal,
    onFault: () => void,
  ): Promise<JsonObject> {
    const begun = performance.now();
    try {
      await this.#logIn(endpoint, signal);
      const answer = await this.#ask(endpoint, path, body, signal);
      this.#patience.answered(performance.now() - begun);
      return answer;
    } catch (error) {
      if (signal.aborted) throw interrupted(error);
      if (!isDefinite(error)) onFault();
      throw error;
    }
  }

  async #ask(
    endpoint: string,
    path: string,
    body: JsonObject,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const response = await this.#fetch(endpoint, path, body, signal);
    const text = await readText(response, ANSWER_BYTES, signal);
    if (signal.aborted) throw interrupted();
    if (!response.ok) throw this.#refusal(text);
    const answer = parse(text);
    this.#assertSameCluster(answer, endpoint);
    return answer;
  }

  /** A node that was set up anew by itself knows nothing of the others. */
  #assertSameCluster(answer: JsonObject, endpoint: string): void {
    const id = clusterIn(answer);
    this.#cluster ??= id;
    if (id === undefined || id === this.#cluster) return;
    const { host } = new URL(endpoint);
    const reason = `etcd at ${host} is of another cluster than the one that was joined`;
    throw new BitTrickleError("network", reason);
  }

  async #logIn(endpoint: string, signal: AbortSignal): Promise<void> {
    if (!this.#user || this.#token !== undefined || this.#isUserIdle) return;
    const who = { name: this.#user.name, password: await this.#user.password() };
    try {
      const { token } = await this.#ask(endpoint, "/v3/auth/authenticate", who, signal);
      this.#token = asToken(token, "a token");
    } catch (error) {
      if (!wantsNoUsers(error)) throw error;
      this.#isUserIdle = true;
    }
  }

  /** A token that has expired, or that was not asked for before, is no refusal: with the next one it may be done. */
  #refusal(text: string): BitTrickleError {
    const error = etcdError(text);
    if (!this.#user || !isTokenGone(error)) return error;
    this.#token = undefined;
    this.#isUserIdle = false;
    return new BitTrickleError("network", error.message, { cause: error });
  }

  async #fetch(
    endpoint: string,
    path: string,
    body: JsonObject,
    signal: AbortSignal,
  ): Promise<Response> {
    const url = new URL(path, endpoint);
    const headers = this.#token === undefined ? {} : { authorization: this.#token };
    const init = { method: "POST", body: JSON.stringify(body), headers, signal };
    try {
      return await fetch(url, { ...init, redirect: "error", client: this.#client });
    } catch (cause) {
      if (signal.aborted) throw interrupted(cause);
      const reason = `etcd at ${url.host} cannot be reached: ${fetchFault(cause)}`;
      throw new BitTrickleError("network", reason, { cause });
    }
  }
}

/** The id of the cluster that has answered, if it says so. */
export function clusterIn({ header = {} }: JsonObject): unknown {
  return asObject(header, "a head").cluster_id;
}

function parse(text: string): JsonObject {
  // The answer to a stream of one request, as that of `keepalive`, is its result.
  const answer = asObject(parseJson(text), "an answer");
  return answer.result === undefined ? answer : asObject(answer.result, "a result");
}

/**
 * The value that `text` stands for.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw etcdError(text, cause);
  }
}
