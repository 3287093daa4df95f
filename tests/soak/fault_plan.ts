/**
 * Which faults happen when, decided by a seed before anything is started.
 *
 * @module
 */

/** What can happen to a client. */
export const CLIENT_FAULTS = [
  "loss", // its link loses packets
  "cable", // its cable is pulled at the switch
  "interface", // its interface is turned off
  "move", // it gets another address, after a short while without a link
  "pause", // its process stands still, its host answers on
  "sleep", // its process and its link stand still
  "roam", // the same, and it wakes up with another address
] as const;

/** What can happen to the index. */
export const INDEX_FAULTS = ["index-pause", "index-cable", "index-crash"] as const;

/** A kind of fault that can be planned. */
export type PlannedKind = typeof CLIENT_FAULTS[number] | typeof INDEX_FAULTS[number];

/** A kind of fault. This machine can have too much to do, which counts as the index's fault. */
export type FaultKind = PlannedKind | "overload";

/** The index among those to whom faults happen; the others are numbers of clients. */
export const INDEX = -1;

/** What happens to whom. */
export interface Fault {
  readonly kind: FaultKind;
  /** The number of a client, or {@linkcode INDEX}. */
  readonly who: number;
}

/** A fault that is going to happen. */
export interface PlannedFault extends Fault {
  readonly kind: PlannedKind;
  /** When it begins, in milliseconds after the start of the trial. */
  readonly at: number;
  /** How long it lasts, in milliseconds. */
  readonly lasting: number;
  /** For `loss`: how many packets of a hundred. */
  readonly percent: number;
}

/** How many faults there are, and which. */
export interface PlanOptions {
  readonly clients: number;
  /** How long new faults may happen, in milliseconds; all have ended by then. */
  readonly ms: number;
  readonly kinds: readonly PlannedKind[];
}

/** Shortest and longest fault of a kind, in seconds. */
const SECONDS: Readonly<Record<PlannedKind, readonly [number, number]>> = {
  "loss": [5, 20],
  "cable": [2, 30],
  "interface": [2, 30],
  "move": [0, 3],
  "pause": [5, 60],
  "sleep": [5, 60],
  "roam": [5, 60],
  "index-pause": [1, 8],
  "index-cable": [2, 20],
  "index-crash": [0, 5],
};

/** Shortest and longest time between two faults of one client or of the index, in seconds. */
const CALM_SECONDS = [5, 60] as const;
const INDEX_CALM_SECONDS = [40, 120] as const;
/** How often the index is killed at most. */
const MOST_CRASHES = 3;
const LOSS_PERCENT = [5, 25] as const;

/** Plans faults; the same for the same numbers of `random`. */
export function planFaults(random: () => number, options: PlanOptions): PlannedFault[] {
  const all: PlannedFault[] = [];
  for (let who = 0; who < options.clients; who++) {
    all.push(...faultsOf(who, CALM_SECONDS, random, options, CLIENT_FAULTS));
  }
  const ofIndex = [...faultsOf(INDEX, INDEX_CALM_SECONDS, random, options, INDEX_FAULTS)];
  const crashes = ofIndex.filter(({ kind }) => kind === "index-crash").slice(MOST_CRASHES);
  all.push(...ofIndex.filter((fault) => !crashes.includes(fault)));
  return all.sort((a, b) => a.at - b.at);
}

/** The faults of one, one after the other. */
function* faultsOf(
  who: number,
  calm: readonly [number, number],
  random: () => number,
  { ms, kinds }: PlanOptions,
  possible: readonly PlannedKind[],
): Generator<PlannedFault> {
  const chosen = possible.filter((kind) => kinds.includes(kind));
  if (chosen.length === 0) return;
  const between = ([low, high]: readonly [number, number]) => low + random() * (high - low);
  for (let at = random() * calm[1] * 1_000; at < ms;) {
    const kind = chosen[Math.floor(random() * chosen.length)]!;
    const lasting = between(SECONDS[kind]) * 1_000;
    const percent = Math.round(between(LOSS_PERCENT));
    if (at + lasting < ms) yield { kind, who, at, lasting, percent };
    at += lasting + between(calm) * 1_000;
  }
}
