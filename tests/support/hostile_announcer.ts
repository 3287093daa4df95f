/**
 * Announces what no index would, again and again: for a network namespace of a test alone.
 *
 * @module
 */

import makeMulticastDns from "multicast-dns";
import { networkInterfaces } from "node:os";
import { SERVICE_TYPE } from "../../lib/protocol/announcement.ts";

/** Small packets, for a long one is thrown away as a whole. */
const INDEXES = 300;
const AGAIN_MS = 200;

const [own] = Object.values(networkInterfaces()).flatMap((it) => it ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4");
const socket = makeMulticastDns({ interface: own!.address, bind: "0.0.0.0", reuseAddr: true });

const fingerprintOf = (i: number) => Array(8).fill(i.toString(16).padStart(4, "0")).join("-");
const NAMES = ["\x1b[2J\x1b]0;x\x07", "\u202emoor", "", "x".repeat(200), "Room 12", "a\nb"];

function announce(i: number): void {
  const name = `${i}.${SERVICE_TYPE}`;
  const texts = ["v=2", `fp=${fingerprintOf(i)}`, `n=${NAMES[i % NAMES.length]}`];
  const port = i % 7 === 0 ? 0 : 5_000;
  socket.respond({
    answers: [
      { name: SERVICE_TYPE, type: "PTR", ttl: 120, data: name },
      { name, type: "SRV", ttl: 120, data: { port, target: "127.0.0.1" } },
      { name, type: "TXT", ttl: 120, data: texts },
      { name: "127.0.0.1", type: "A", ttl: 120, data: "192.0.2.66" },
    ],
  });
}

// deno-lint-ignore no-console
socket.on("ready", () => console.log("announcing"));
setInterval(() => {
  for (let i = 0; i < INDEXES; i++) announce(i);
}, AGAIN_MS);
