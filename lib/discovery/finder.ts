/**
 * Finding the indexes that announce themselves.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { formatAddress } from "../protocol/address.ts";
import { SERVICE_TYPE } from "../protocol/announcement.ts";
import { Multicast, type MulticastNetwork } from "./multicast.ts";
import { type FoundServer, serversIn } from "./records.ts";

/** When it is asked, in milliseconds since a network is there: packets get lost. */
const ASK_MS = [0, 300, 1_000];

/** Servers that are remembered: more are no help, and anybody can announce what he likes. */
const MOST_FOUND = 100;

/** How long to look, and who hears what is found. */
export interface FindOptions {
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears of each server. */
  readonly onFound?: ((server: FoundServer) => void) | undefined;
  /** Hears that something could not be sent; it goes on. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** The servers that are heard of within `ms` milliseconds, by their names. Nothing of them is proven. */
export async function findServers(options: FindOptions): Promise<FoundServer[]> {
  const { ms, signal, onFound, onFault = () => {} } = options;
  const found = new Map<string, FoundServer>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const ask = (network: MulticastNetwork) => {
    for (const after of ASK_MS) timers.add(setTimeout(() => network.query(QUESTION), after));
  };
  await using _ = new Multicast({
    onNetwork: ask,
    onPacket: ({ type, answers, additionals }, from) => {
      if (type !== "response") return;
      const { there, gone } = serversIn([...answers, ...additionals], from);
      for (const server of there) take(found, server, onFound);
      for (const server of gone) found.delete(keyOf(server));
    },
    onFault,
  });
  await delay(ms, signal ? { signal } : {}).catch(() => {});
  for (const timer of timers) clearTimeout(timer);
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

const QUESTION = { questions: [{ name: SERVICE_TYPE, type: "PTR" as const }] };

function take(
  found: Map<string, FoundServer>,
  server: FoundServer,
  onFound: FindOptions["onFound"],
): void {
  const key = keyOf(server);
  if (found.has(key) || found.size >= MOST_FOUND) return;
  found.set(key, server);
  onFound?.(server);
}

function keyOf({ address, fingerprint }: FoundServer): string {
  return `${formatAddress(address)} ${fingerprint}`;
}
