/**
 * Every kind of journal, of which the same is expected.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { Catalogue, type CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import type { Journal } from "../../lib/index/catalogue/journal.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { EtcdNode, HAS_ETCD } from "./etcd.ts";
import { linesOf, MemoryJournal } from "./journals.ts";
import { MAY_USE_DISK } from "./permission.ts";
import { TempFolder } from "./temp_folder.ts";

/** A journal that is followed. */
export class FollowedJournal {
  readonly catalogue = new Catalogue();
  /** What was told since it is followed. */
  readonly told: CatalogueEvent[] = [];

  constructor(readonly journal: Journal) {
    for (const event of journal.entries()) this.catalogue.apply(event);
    this.catalogue.settle();
    journal.follow((event) => {
      this.told.push(event);
      this.catalogue.apply(event);
    }, () => this.catalogue.publications());
  }

  /** A line for each publication in the catalogue, sorted. */
  get lines(): string[] {
    return linesOf(this.catalogue.publications());
  }
}

/** A kind of journal. */
export interface JournalKind {
  readonly name: string;
  readonly ignore: boolean;
  /** Runs `use` with one journal after the other, all of which keep the same events. */
  inTurn(...use: ((followed: FollowedJournal) => Promise<void>)[]): Promise<void>;
}

/** All kinds. */
export const JOURNAL_KINDS: readonly JournalKind[] = [
  {
    name: "MemoryJournal",
    ignore: false,
    async inTurn(...use) {
      const journal = new MemoryJournal();
      for (const turn of use) await turn(new FollowedJournal(journal));
    },
  },
  {
    name: "SqliteJournal",
    ignore: !MAY_USE_DISK,
    async inTurn(...use) {
      await using folder = await TempFolder.make();
      for (const turn of use) {
        await using journal = new SqliteJournal(folder.pathOf("a.db"));
        await turn(new FollowedJournal(journal));
      }
    },
  },
  {
    name: "EtcdJournal",
    ignore: !HAS_ETCD,
    async inTurn(...use) {
      await using node = await EtcdNode.start();
      const clusterKey = randomBytes(32);
      for (const turn of use) {
        await using fleet = await Fleet.join({ endpoints: [node.endpoint], clusterKey });
        await using journal = await EtcdJournal.open(fleet);
        await turn(new FollowedJournal(journal));
      }
    },
  },
];
