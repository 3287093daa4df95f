/**
 * An index in the test's own process, on a free loopback port.
 *
 * @module
 */

import { Accounts } from "../../lib/index/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { PlainService } from "../../lib/index/plain_service.ts";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import type { Address } from "../../lib/protocol/address.ts";

/** The users of every test, each with the password `pw-<user>`. */
export const USERS = ["hans", "vader", "yoda", "chewy"] as const;

/** The text of their credentials file. */
export const CREDENTIALS: string = USERS.map((user) => `${user} pw-${user}\n`).join("");

/** A running index. `clock` is the time it goes by, which tests may move. */
export class TestIndex implements AsyncDisposable {
  readonly clock = { offset: 0 };
  readonly #socket: DatagramSocket;
  readonly #service = new PlainService(new Index(Accounts.parse(CREDENTIALS)));
  readonly #receiving: Promise<void>;
  /** Decides which datagrams the index never sees. */
  lose: (datagram: string) => boolean = () => false;

  constructor(port = 0) {
    this.#socket = DatagramSocket.bind({ hostname: "127.0.0.1", port });
    this.#receiving = this.#socket.receive(async (datagram, from) => {
      if (this.lose(new TextDecoder().decode(datagram))) return;
      const now = performance.now() + this.clock.offset;
      const answer = this.#service.answer(datagram, from, now);
      if (answer) await this.#socket.send(answer, from);
    });
  }

  /** Where the index is. */
  get address(): Address {
    return this.#socket.address;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#receiving;
  }
}
