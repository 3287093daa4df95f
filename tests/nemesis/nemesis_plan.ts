/**
 * Which faults happen when, decided by a seed.
 *
 * @module
 */

/** What can happen to a node of etcd, and to a server. */
export const NODE_FAULTS = ["kill", "stop", "link", "disk"] as const;
/** etcd, which asks the system and no library, has no clock of its own here. */
export const SERVER_FAULTS = ["kill", "stop", "link", "clock"] as const;

/** A kind of fault. */
export type FaultKind = typeof NODE_FAULTS[number] | typeof SERVER_FAULTS[number];

/** One fault. Times are milliseconds after the beginning. */
export interface PlannedFault {
  readonly kind: FaultKind;
  readonly what: "node" | "server";
  readonly which: number;
  readonly at: number;
  readonly lasting: number;
}

/** A kind of fault, and what it happens to. */
export type Chosen = Pick<PlannedFault, "kind" | "what">;

/** All that can happen, by names such as `node:stop`. */
export const FAULTS: ReadonlyMap<string, Chosen> = new Map<string, Chosen>([
  ...NODE_FAULTS.map((kind) => [`node:${kind}`, { what: "node", kind }] as const),
  ...SERVER_FAULTS.map((kind) => [`server:${kind}`, { what: "server", kind }] as const),
]);

/** What there is. */
export interface PlanOptions {
  readonly ms: number;
  readonly nodes: number;
  readonly servers: number;
  /** Whether disks can be filled, and clocks changed. */
  readonly without: readonly FaultKind[];
  /** The one kind of fault that happens, one after the other. @default all */
  readonly only?: Chosen | undefined;
}

/** Shortest and longest time that a fault lasts, in milliseconds. */
const LASTING: Readonly<Record<FaultKind, readonly [number, number]>> = {
  kill: [500, 4_000],
  stop: [2_000, 5_000],
  link: [2_000, 8_000],
  disk: [4_000, 8_000],
  clock: [3_000, 6_000],
};
/** Time without a fault, after each, in milliseconds. */
const CALM_MS = [2_500, 6_000] as const;
/** Some faults begin while another one lasts, so long after its beginning, in milliseconds. */
const SECOND = { chance: 0.25, after: 1_000 };

/** Plans faults, one after the other, some of them two at a time; the same for the same `random`. */
export function planFaults(random: () => number, options: PlanOptions): PlannedFault[] {
  const faults: PlannedFault[] = [];
  const between = ([low, high]: readonly [number, number]) => low + random() * (high - low);
  for (let at = between(CALM_MS);;) {
    const fault = anyFault(random, options, at);
    if (fault.at + fault.lasting > options.ms) return faults;
    faults.push(fault);
    const second = anyFault(random, options, at + SECOND.after);
    const isInTime = second.at + second.lasting <= options.ms;
    if (random() < SECOND.chance && second.what !== fault.what && isInTime) faults.push(second);
    at += Math.max(fault.lasting, SECOND.after + second.lasting) + between(CALM_MS);
  }
}

function anyFault(random: () => number, options: PlanOptions, at: number): PlannedFault {
  const { what, which, kind } = options.only
    ? anyOf(random, options, options.only)
    : anything(random, options);
  const [low, high] = LASTING[kind];
  return { kind, what, which, at, lasting: low + random() * (high - low) };
}

function anything(random: () => number, { nodes, servers, without }: PlanOptions) {
  const which = Math.floor(random() * (nodes + servers));
  const what: PlannedFault["what"] = which < nodes ? "node" : "server";
  const kinds = what === "node" ? NODE_FAULTS : SERVER_FAULTS;
  const chosen = kinds[Math.floor(random() * kinds.length)]!;
  // All other faults are the same wherever a seed is used.
  const kind = without.includes(chosen) ? "stop" : chosen;
  return { kind, what, which: what === "node" ? which : which - nodes };
}

function anyOf(random: () => number, { nodes, servers }: PlanOptions, { what, kind }: Chosen) {
  return { kind, what, which: Math.floor(random() * (what === "node" ? nodes : servers)) };
}
