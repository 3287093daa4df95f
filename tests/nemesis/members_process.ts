/**
 * A process of simulated clients. A line of input asks for what has happened since the last one; `leave`
 * makes all leave first. `members_process.ts <servers> <first> <count> <all> <crowd> <seed>`
 *
 * @module
 */

import { runClients } from "../soak/class/load_process.ts";
import { seededRandom } from "../support/seeded.ts";
import type { Address } from "../../lib/protocol/address.ts";
import type { Happening } from "./history.ts";
import { SimulatedMember } from "./simulated_member.ts";

/** How far apart they log in first, in milliseconds: an index lets 20 of a host in each second. */
const APART_MS = 60;

/** The name of the simulated client `number`. */
export function memberUser(number: number): string {
  return `member${number}`;
}

/** Who has more clients than may be there at once. */
export const CROWD = "crowd";

function begin(args: readonly string[], record: (happening: Happening) => void) {
  const servers = args[0]!.split(",").map((server): Address => {
    const [hostname, port] = server.split(":");
    return { hostname: hostname!, port: Number(port) };
  });
  const [first, count, all, crowd, seed] = args.slice(1).map(Number);
  const users = Array.from({ length: all! }, (_, i) => memberUser(i));
  const member = (user: string, observer: string, number: number) => {
    const random = seededRandom(seed! + number);
    const [index, ...others] = servers;
    return new SimulatedMember({
      ...{ servers: [index!, ...others], user, observer, users, random, record },
    });
  };
  return (signal: AbortSignal) => [
    ...Array.from({ length: count! }, async (_, i) => {
      const user = memberUser(first! + i);
      await new Promise((resolve) => setTimeout(resolve, i * APART_MS));
      await member(user, user, first! + i).live(signal);
    }),
    ...Array.from({ length: crowd! }, (_, i) => {
      const number = all! + first! + i;
      return member(CROWD, `${CROWD} ${number}`, number).crowd(signal);
    }),
  ];
}

if (import.meta.main) {
  let happenings: Happening[] = [];
  await runClients(begin(Deno.args, (happening) => happenings.push(happening)), () => {
    const taken = happenings;
    happenings = [];
    return taken;
  });
}
