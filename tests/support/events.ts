/**
 * Events of a catalogue.
 *
 * @module
 */

import fc from "fast-check";
import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { linesOf } from "./journals.ts";
import { NaiveCatalogue } from "./naive_catalogue.ts";

const ID = "0123456789abcdef".repeat(4);
const SHARES = ["0123456789abcdef", "ab".repeat(8)];
const USERS = ["hans", "vader"];

/** `user` publishes `name`, of which that much is known. */
export function publish(user: string, name: string, size?: number, id?: string): CatalogueEvent {
  const event = { kind: "publish", user, name } as const;
  if (size === undefined) return event;
  return { ...event, details: id === undefined ? { size } : { size, id } };
}

/** `user` withdraws `name`. */
export function withdraw(user: string, name: string): CatalogueEvent {
  return { kind: "withdraw", user, name };
}

/** Any event about a few publications. */
export function anyEvents(): fc.Arbitrary<CatalogueEvent> {
  const what = {
    user: fc.constantFrom(...USERS),
    share: fc.constantFrom(undefined, ...SHARES),
    name: fc.constantFrom("a", "b", "c/d", "é"),
  };
  const flags = fc.constantFrom(undefined, true as const);
  const details = fc.record({ size: fc.nat(), id: fc.constant(ID) }, { requiredKeys: ["size"] });
  return fc.oneof(
    fc.record({ kind: fc.constant("withdraw" as const), ...what, isEverywhere: flags }),
    fc.record({
      ...{ kind: fc.constant("publish" as const), ...what, isAdopted: flags },
      details: fc.option(details, { nil: undefined }),
    }),
  );
}

/** What `events` make of an empty catalogue, as plainly as it can be: a line for each publication. */
export function naiveLinesOf(events: readonly CatalogueEvent[]): string[] {
  const catalogue = new NaiveCatalogue();
  for (const event of events) {
    const { user, name, share = PLAIN_SHARE } = event;
    if (event.kind === "publish") {
      if (event.isAdopted) catalogue.withdraw(user, name, PLAIN_SHARE);
      catalogue.publish({ user, name, share, details: event.details });
    } else if (event.isEverywhere) catalogue.withdrawEverywhere(user, name);
    else catalogue.withdraw(user, name, share);
  }
  return linesOf(USERS.flatMap((user) => catalogue.namesOf(user)));
}
