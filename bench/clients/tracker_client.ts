/**
 * A client of a BitTorrent tracker over UDP (BEP 15).
 *
 * @module
 */

import { Client } from "./client.ts";
import { SOURCE_PORT } from "./questions.ts";

const PROTOCOL = 0x41727101980n;
const ACTION = { connect: 0, announce: 1 };
const BYTES = { connect: 16, announce: 98, id: 20, answer: 20 };
/** Where the fields of an announce are. */
const AT = { action: 8, transaction: 12, hash: 16, peer: 36, left: 64, wanted: 92, port: 96 };

/** The hash of what is announced, in hexadecimal. */
export const TRACKED_FILE = "07".repeat(BYTES.id);

/** Announces the same file as everybody else and asks for one source. */
export class TrackerClient extends Client {
  readonly #announce = new Uint8Array(BYTES.announce);
  readonly #fields = new DataView(this.#announce.buffer);
  #transaction = 0;

  constructor(port: number, user: string) {
    super(port, user);
    this.#announce.set(Uint8Array.fromHex(TRACKED_FILE), AT.hash);
    this.#announce.set(new TextEncoder().encode(user.padStart(BYTES.id, "-")), AT.peer);
    this.#fields.setUint32(AT.action, ACTION.announce);
    this.#fields.setBigUint64(AT.left, 1n);
    this.#fields.setInt32(AT.wanted, 1);
    this.#fields.setUint16(AT.port, SOURCE_PORT);
  }

  logIn(): void {
    this.socket.drain();
    const hello = new Uint8Array(BYTES.connect);
    new DataView(hello.buffer).setBigUint64(0, PROTOCOL);
    this.send(hello);
    const answer = this.socket.receive();
    if (answer.length !== BYTES.connect) throw new Error("the tracker does not connect");
    this.#announce.set(answer.subarray(8)); // The connection's number.
  }

  ask(): void {
    this.#fields.setUint32(AT.transaction, ++this.#transaction);
    this.send(this.#announce);
  }

  protected isRight(answer: Uint8Array): boolean {
    return answer.length >= BYTES.answer && answer[3] === ACTION.announce;
  }
}
