/**
 * One user of the request benchmark, with a socket of its own.
 *
 * @module
 */

import { encodePlainRequest } from "../../lib/protocol/plain_request.ts";
import { FastUdp } from "./fast_udp.ts";
import { type Measured, Questions } from "./questions.ts";
import { PASSWORD, SOURCE_PORT } from "./users.ts";

/** Somebody who asks, over whatever protocol. */
export interface AnyAsker {
  /** Becomes active, again if need be, or makes sure that somebody answers. */
  enter(): void | Promise<void>;
  /** Publishes `name`; {@linkcode AnyAsker.hear} tells whether it worked. */
  publish(name: string): void;
  /** Asks. One request is on the way at any time. */
  ask(verb: Measured): void;
  /** Waits for the answer; tells whether it is the right one. */
  hear(): boolean;
  /** The same without waiting: nothing if it has not come yet. */
  look(): boolean | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How often somebody tries to enter whom a busy server does not hear. */
const ENTER_TRIES = 5;

/** Lets `asker` enter, again if a datagram gets lost on the way. */
export async function enterAtLast(asker: AnyAsker): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await asker.enter();
    } catch (error) {
      if (tries === ENTER_TRIES) throw error;
    }
  }
}

type Answered = Exclude<Measured, "heartbeat">;

/** How right answers look; the shortest source is `200 127.0.0.1 1`. */
const RIGHT: Readonly<Record<Answered, RegExp>> = {
  get: /^200 127\.0\.0\.1 ./,
  pub: /^File p/,
  sch: /^(?:No|[0-9]+) files? found/,
  lap: /^(?:No|[0-9]+) active peer/,
};

/** Speaks the plain protocol. */
export class Asker implements AnyAsker {
  readonly #user: string;
  readonly #socket: FastUdp;
  readonly #questions: Questions;
  #verb: Answered = "get";

  constructor(port: number, user: string) {
    this.#user = user;
    this.#socket = new FastUdp(port);
    this.#questions = new Questions(user, encodePlainRequest);
  }

  enter(): void {
    this.#socket.drain();
    this.#socket.send(encoder.encode(`login ${this.#user} ${PASSWORD} ${SOURCE_PORT}`));
    const answer = decoder.decode(this.#socket.receive());
    if (answer !== "Welcome to BitTrickle!") throw new Error(`a login is answered "${answer}"`);
  }

  publish(name: string): void {
    this.#verb = "pub";
    this.#socket.send(encoder.encode(`pub ${this.#user} ${name}`));
  }

  ask(verb: Measured): void {
    if (verb !== "heartbeat") this.#verb = verb; // Nobody answers that.
    this.#socket.send(this.#questions.next(verb) as Uint8Array<ArrayBuffer>);
  }

  hear(): boolean {
    return this.#isRight(this.#socket.receive());
  }

  look(): boolean | undefined {
    const answer = this.#socket.look();
    return answer && this.#isRight(answer);
  }

  #isRight(answer: Uint8Array): boolean {
    return RIGHT[this.#verb].test(decoder.decode(answer.subarray(0, 24)));
  }
}
