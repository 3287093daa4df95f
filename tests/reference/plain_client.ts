/**
 * A client of protocol 1, written to the table of the specification alone: nothing here comes from
 * `lib`, so that what both understand is the protocol.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";
import { connect, createServer, isIPv6, type Server } from "node:net";
import { TEST_HOST } from "../support/host.ts";

/** One user at one UDP port, with an upload port that serves what `files` holds. */
export class ReferenceClient {
  readonly files = new Map<string, string>();
  readonly #udp: Socket = createSocket(isIPv6(TEST_HOST) ? "udp6" : "udp4");
  readonly #tcp: Server;
  #user = "";
  #beating: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly indexPort: number) {
    this.#tcp = createServer((socket) => {
      socket.once("data", (name) => {
        socket.end(this.files.get(name.toString()) ?? "Error: File not found");
      });
      socket.on("error", () => {});
    });
  }

  /**
   * Logs in, beats from then on, and returns the index's answer.
   *
   * @param uploadPort Where somebody else serves this user's files
   */
  async login(user: string, password: string, uploadPort?: number): Promise<string> {
    this.#user = user;
    await new Promise<void>((resolve) => this.#tcp.listen(0, TEST_HOST, resolve));
    const { port } = this.#tcp.address() as { port: number };
    const beat = () => this.#udp.send(`heartbeat ${user}`, this.indexPort, TEST_HOST);
    this.#beating = setInterval(beat, 2_000);
    return await this.#roundTrip(`login ${user} ${password} ${uploadPort ?? port}`);
  }

  /** Sends `<verb> <user> <argument>` and returns the index's answer. */
  async ask(verb: string, argument?: string): Promise<string> {
    return await this.#roundTrip([verb, this.#user, ...argument ? [argument] : []].join(" "));
  }

  /** Finds a source of `name` and returns what it sends. */
  async get(name: string): Promise<string> {
    const [code, ip, port] = (await this.ask("get", name)).split(" ");
    if (code !== "200") return "File not found";
    return await new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(Number(port), ip!, () => socket.write(name));
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("end", () => resolve(Buffer.concat(chunks).toString()));
      socket.on("error", reject);
    });
  }

  /** Leaves without a word, as the protocol has none. */
  async close(): Promise<void> {
    clearInterval(this.#beating);
    await new Promise<void>((resolve) => this.#udp.close(() => resolve()));
    await new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
  }

  #roundTrip(text: string): Promise<string> {
    return new Promise((resolve) => {
      this.#udp.once("message", (answer) => resolve(answer.toString()));
      this.#udp.send(text, this.indexPort, TEST_HOST);
    });
  }
}
