/**
 * One user of the request benchmark, with a socket of its own.
 *
 * @module
 */

import { FastUdp } from "./fast_udp.ts";
import { FILE, PASSWORD, SOURCE_PORT } from "./users.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Asks one request again and again. */
export class Asker {
  readonly #user: string;
  readonly #socket: FastUdp;
  readonly #request: Uint8Array<ArrayBuffer>;

  constructor(port: number, user: string) {
    this.#user = user;
    this.#socket = new FastUdp(port);
    this.#request = encoder.encode(`get ${user} ${FILE}`);
  }

  /** Logs in at the server, again if need be. */
  logIn(): void {
    const login = `login ${this.#user} ${PASSWORD} ${SOURCE_PORT}`;
    this.#say(login, "Welcome to BitTrickle!");
  }

  /** Publishes what everybody asks for. */
  publish(): void {
    this.#say(`pub ${this.#user} ${FILE}`, "File published successfully");
  }

  /** Makes sure that the echo echoes. */
  hearEcho(): void {
    this.#say("hello", "hello");
  }

  /** Asks for the file. */
  ask(): void {
    this.#socket.send(this.#request);
  }

  /** Waits for the answer and returns its first byte, if one came that is long enough. */
  hear(): number | undefined {
    const answer = this.#socket.receive();
    return answer.length < "200 127.0.0.1 1".length ? undefined : answer[0];
  }

  #say(text: string, expected: string): void {
    this.#socket.send(encoder.encode(text));
    const answer = decoder.decode(this.#socket.receive());
    if (answer !== expected) throw new Error(`"${text}" is answered "${answer}"`);
  }
}
