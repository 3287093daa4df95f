/**
 * A bad line between a server and etcd.
 *
 * @module
 */

import { hostAndPort, TEST_HOST } from "./host.ts";
import { waitFor } from "./wait_for.ts";

/** What becomes of a request. */
export type Fate =
  | "passes"
  | "is lost" // etcd never hears of it
  | "answer is lost" // etcd does it, and nobody hears of that
  | "comes twice"
  | "comes late"; // no answer, and etcd hears of it when it is released

/** Chooses the fate of a request to `path`. */
export type Rule = (path: string) => Fate | Promise<Fate>;

const NO_ANSWER = () => new Response("no answer", { status: 504 });

/** Passes requests on to etcd as its rule says. */
export class EtcdProxy implements AsyncDisposable {
  /** @default all pass */
  rule: Rule = () => "passes";
  /** Whether watches are told nothing, though their connections stay. */
  isStuck = false;
  readonly #target: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #client = Deno.createHttpClient({ http2: false });
  readonly #streams = new Set<AbortController>();
  #late: (() => Promise<unknown>)[] = [];

  constructor(target: string) {
    this.#target = target;
    const options = { hostname: TEST_HOST, port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  /** Where it listens. */
  get endpoint(): string {
    return `http://${hostAndPort(this.#server.addr.port)}`;
  }

  /** How many requests are to come late. */
  get late(): number {
    return this.#late.length;
  }

  /** How many watches go through it. */
  get watches(): number {
    return this.#streams.size;
  }

  /** Lets etcd hear of what is late, in its order. */
  async release(): Promise<void> {
    for (const send of this.#late.splice(0)) await send();
  }

  /** Breaks off all watches. */
  cut(): void {
    for (const stream of this.#streams) stream.abort();
    this.#streams.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.#server.shutdown();
    this.#client.close();
  }

  async #answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    const body = await request.text();
    const fate = await this.rule(path);
    try {
      if (fate === "is lost") return NO_ANSWER();
      if (fate === "comes late") this.#late.push(() => this.#send(path, body));
      if (fate === "comes late") return NO_ANSWER();
      if (path === "/v3/watch") return await this.#watch(path, body);
      const answer = await this.#send(path, body);
      if (fate === "comes twice") await this.#send(path, body);
      return fate === "answer is lost" ? NO_ANSWER() : answer;
    } catch {
      return NO_ANSWER();
    }
  }

  async #send(path: string, body: string): Promise<Response> {
    const init = { method: "POST", body, client: this.#client };
    const response = await fetch(new URL(path, this.#target), init);
    return new Response(await response.text(), { status: response.status });
  }

  async #watch(path: string, body: string): Promise<Response> {
    const stream = new AbortController();
    this.#streams.add(stream);
    const init = { method: "POST", body, client: this.#client, signal: stream.signal };
    const response = await fetch(new URL(path, this.#target), init);
    const reader = response.body!.getReader();
    stream.signal.addEventListener("abort", () => void reader.cancel().catch(() => {}));
    return new Response(
      new ReadableStream({
        pull: (controller) => this.#pass(reader, controller, stream.signal),
        cancel: () => {
          stream.abort();
          this.#streams.delete(stream);
        },
      }),
    );
  }

  async #pass(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    controller: ReadableStreamDefaultController<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    await waitFor("the watch to be told again", () => !this.isStuck || signal.aborted, 60_000);
    if (done || signal.aborted) controller.close();
    else controller.enqueue(value!);
  }
}
