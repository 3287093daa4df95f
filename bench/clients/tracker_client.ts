/**
 * A client of a BitTorrent tracker over UDP (BEP 15): the nearest relative of a `get`.
 *
 * @module
 */

import { Client } from "./client.ts";
import { SOURCE_PORT, TRACKED } from "./questions.ts";

const PROTOCOL = 0x41727101980n;
const ANNOUNCE = 1;
const BYTES = { connect: 16, announce: 98, id: 20, answer: 20 };
/** Where the fields of an announce are. */
const AT = { action: 8, hash: 16, peer: 36, left: 64, wanted: 92, port: 96 };

/** Announces the same file as everybody else and asks for one source. */
export class TrackerClient extends Client {
  readonly #announce = new Uint8Array(BYTES.announce);

  logIn(): void {
    this.socket.drain();
    const hello = new Uint8Array(BYTES.connect);
    new DataView(hello.buffer).setBigUint64(0, PROTOCOL);
    this.send(hello);
    const answer = this.socket.receive();
    if (answer.length !== BYTES.connect) throw new Error("the tracker does not connect");
    this.#fill(answer.subarray(8));
  }

  ask(): void {
    this.send(this.#announce);
  }

  protected isRight(answer: Uint8Array): boolean {
    return answer.length >= BYTES.answer && answer[3] === ANNOUNCE;
  }

  #fill(connection: Uint8Array): void {
    const fields = new DataView(this.#announce.buffer);
    this.#announce.set(connection);
    this.#announce.set(Uint8Array.fromHex(TRACKED), AT.hash);
    this.#announce.set(new TextEncoder().encode(this.user.padStart(BYTES.id, "-")), AT.peer);
    fields.setUint32(AT.action, ANNOUNCE);
    fields.setBigUint64(AT.left, 1n);
    fields.setInt32(AT.wanted, 1);
    fields.setUint16(AT.port, SOURCE_PORT);
  }
}
