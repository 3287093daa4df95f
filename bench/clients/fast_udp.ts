/**
 * UDP sockets of the C library of Linux: they cost a third of what Deno's cost, so that one process
 * with them can keep a server busy that has a core of its own.
 *
 * @module
 */

import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";

const { symbols: c } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // Sizes are really 64 bits wide, which would make every one of them a bigint.
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  usleep: { parameters: ["u32"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  sched_setaffinity: { parameters: ["i32", "u32", "buffer"], result: "i32" },
});

const AF_INET = 2;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;
const PR_SET_TIMERSLACK = 29;

/**
 * How often a socket is looked at for an answer, and how many times before it counts as lost. If the
 * system woke the waiting process up, that would cost processor time of the sender, here the server;
 * on a network another machine pays for it.
 */
const LOOK_MICROS = 50;
let patience = 8_000;

/** A UDP socket connected to a port of 127.0.0.1. Ends with the process. */
export class FastUdp {
  readonly #descriptor = c.socket(AF_INET, SOCK_DGRAM, 0);
  readonly #buffer = new Uint8Array(DATAGRAM_BYTES + 1);

  constructor(port: number) {
    if (this.#descriptor < 0) throw new Error("there are too few descriptors: raise `ulimit -n`");
    const address = new Uint8Array(16); // struct sockaddr_in
    address.set([AF_INET, 0, port >> 8, port, 127, 0, 0, 1]);
    c.connect(this.#descriptor, address, address.byteLength);
  }

  /** Sends one datagram. */
  send(datagram: Uint8Array<ArrayBuffer>): void {
    c.send(this.#descriptor, datagram, datagram.length, 0);
  }

  /** One datagram that is there already. */
  look(): Uint8Array | undefined {
    const { length } = this.#buffer;
    const received = c.recv(this.#descriptor, this.#buffer, length, MSG_DONTWAIT);
    return received < 0 ? undefined : this.#buffer.subarray(0, received);
  }

  /** Waits for one datagram, with the whole process. Empty if none comes or nobody listens. */
  receive(): Uint8Array {
    for (let looks = 0; looks < patience; looks++) {
      const datagram = this.look();
      if (datagram) return datagram;
      pause(LOOK_MICROS);
    }
    return this.#buffer.subarray(0, 0);
  }

  /** Forgets what has come too late. */
  drain(): void {
    while (this.look());
  }
}

/** Lets answers of this process count as lost after `times` looks. */
export function giveUpAfter(times: number): void {
  patience = times;
}

/** Lets the whole process sleep. */
export function pause(microseconds: number): void {
  c.usleep(microseconds);
}

/**
 * Makes this process a load: on the first core, out of the way of the server, and with pauses that
 * end when they are over, not up to 50 µs later.
 */
export function becomeLoad(): void {
  const first = BigUint64Array.of(1n);
  c.sched_setaffinity(0, first.byteLength, first);
  c.prctl(PR_SET_TIMERSLACK, 1n, 0n, 0n, 0n);
}
