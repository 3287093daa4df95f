/**
 * How flows share the links that they go over: each gets as much as the others of its narrowest link,
 * and what some cannot use the others do (max-min fairness).
 *
 * @module
 */

interface Link {
  /** What nobody has yet. */
  left: number;
  /** The flows that have no rate yet. */
  readonly flows: Set<number>;
}

/** The rate of each of `flows`, of which each is the links that it goes over; all carry `capacity`. */
export function fairRates(flows: readonly (readonly unknown[])[], capacity: number): number[] {
  const links = new Map<unknown, Link>();
  flows.forEach((over, flow) => {
    for (const name of over) {
      if (!links.has(name)) links.set(name, { left: capacity, flows: new Set() });
      links.get(name)!.flows.add(flow);
    }
  });
  const rates: number[] = [];
  for (let open = [...links.values()]; open.length > 0; open = open.filter(isOpen)) {
    const narrowest = open.reduce((a, b) => shareOf(a) <= shareOf(b) ? a : b);
    const rate = shareOf(narrowest);
    for (const flow of [...narrowest.flows]) {
      rates[flow] = rate;
      for (const name of flows[flow]!) take(links.get(name)!, flow, rate);
    }
  }
  return rates;
}

function take(link: Link, flow: number, rate: number): void {
  link.flows.delete(flow);
  link.left = Math.max(0, link.left - rate);
}

function shareOf({ left, flows }: Link): number {
  return left / flows.size;
}

function isOpen({ flows }: Link): boolean {
  return flows.size > 0;
}
