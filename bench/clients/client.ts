/**
 * Clients of the benchmark, each with a socket of its own and one request on the way at any time.
 *
 * @module
 */

import { encodePlainRequest } from "../../lib/protocol/plain_request.ts";
import { FastUdp } from "./fast_udp.ts";
import { FILE, type Measured, PASSWORD, Questions, SOURCE_PORT } from "./questions.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What is done one after the other, with time for others in between. */
export type Steps = Generator<void, void> | AsyncGenerator<void, void>;

/** A client of whatever protocol. */
export abstract class Client {
  protected readonly socket: FastUdp;

  constructor(port: number, protected readonly user: string) {
    this.socket = new FastUdp(port);
  }

  /**
   * Logs in, again if need be, or does what a protocol has instead: each step sends something, and the
   * next one waits for its answer.
   */
  abstract logIn(): Steps;

  /** Sends a request, about a file with that name if it is given one to publish. */
  abstract ask(verb: Measured, name?: string): void;

  /** Waits for the answer; tells whether it is the right one. */
  hear(): boolean {
    return this.isRight(this.socket.receive());
  }

  /** The same without waiting: nothing if it has not come yet. */
  look(): boolean | undefined {
    const answer = this.socket.look();
    return answer && this.isRight(answer);
  }

  protected send(datagram: Uint8Array): void {
    this.socket.send(datagram as Uint8Array<ArrayBuffer>);
  }

  /** Whether `answer`, which is empty if none came, is right. */
  protected abstract isRight(answer: Uint8Array): boolean;
}

/** Sends what a plain `get` sends and hears it again. */
export class EchoClient extends Client {
  readonly #request = encoder.encode(`get ${this.user} ${FILE}`);

  *logIn(): Generator<void, void> {
    this.socket.drain();
    yield;
  }

  ask(): void {
    this.send(this.#request);
  }

  protected isRight(answer: Uint8Array): boolean {
    return answer.length === this.#request.length;
  }
}

type Answered = Exclude<Measured, "heartbeat">;

/** How right answers look; the shortest source is `200 127.0.0.1 1`. */
const RIGHT: Readonly<Record<Answered, RegExp>> = {
  get: /^200 127\.0\.0\.1 ./,
  pub: /^File p/,
  sch: /^(?:No|[0-9]+) files? found/,
  lap: /^(?:No|[0-9]+) active peer/,
  lpf: /^(?:No|[0-9]+) files? published/,
};

/** Speaks the plain protocol. */
export class PlainClient extends Client {
  readonly #questions = new Questions(this.user, encodePlainRequest);
  #verb: Answered = "get";

  *logIn(): Generator<void, void> {
    this.socket.drain();
    this.send(encoder.encode(`login ${this.user} ${PASSWORD} ${SOURCE_PORT}`));
    yield;
    const answer = decoder.decode(this.socket.receive());
    if (answer !== "Welcome to BitTrickle!") throw new Error(`a login is answered "${answer}"`);
  }

  ask(verb: Measured, name?: string): void {
    if (verb !== "heartbeat") this.#verb = verb; // Nobody answers that.
    this.send(this.#questions.next(verb, name));
  }

  protected isRight(answer: Uint8Array): boolean {
    return RIGHT[this.#verb].test(decoder.decode(answer.subarray(0, 24)));
  }
}
