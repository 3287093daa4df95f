/**
 * Asks for an index again and again, and counts the answers: for a network namespace of a test alone.
 * With the argument `probe` it probes for a name, as who would like to have it.
 *
 * @module
 */

import makeMulticastDns from "multicast-dns";
import { networkInterfaces } from "node:os";
import { SERVICE_TYPE } from "../../lib/protocol/announcement.ts";

const AGAIN_MS = 10;
const SECONDS = 2;

const [own] = Object.values(networkInterfaces()).flatMap((it) => it ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4");
const socket = makeMulticastDns({ interface: own!.address, bind: "0.0.0.0", reuseAddr: true });
const authorities = Deno.args[0] === "probe"
  ? [{ name: SERVICE_TYPE, type: "PTR", ttl: 120, data: `mine.${SERVICE_TYPE}` }]
  : [];
let answers = 0;

socket.on("packet", ({ type }) => {
  if (type === "response") answers++;
});
socket.on("ready", () => {
  const asking = setInterval(() => {
    socket.query({ questions: [{ name: SERVICE_TYPE, type: "PTR" }], authorities });
  }, AGAIN_MS);
  setTimeout(() => {
    clearInterval(asking);
    socket.destroy();
    // deno-lint-ignore no-console
    console.log(`${answers} answers`);
  }, SECONDS * 1_000);
});
