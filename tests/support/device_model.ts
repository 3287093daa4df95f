/**
 * What the devices of some users should serve, as plainly as it can be told.
 *
 * @module
 */

import type { ContentKey } from "../../lib/protocol/content.ts";
import { someBytes } from "./bytes.ts";
import { type Hashed, hashed } from "./hashed.ts";

/** What files are called, on all devices alike. */
export const NAMES = ["a", "b", "c"] as const;
/** Of each name there are a few contents, so that devices have some in common. */
export const VERSIONS = 3;

const CONTENTS: readonly Hashed[][] = NAMES.map((_, i) => {
  return Array.from({ length: VERSIONS }, (_, version) => {
    return hashed(someBytes(2_000 + 100 * i + version, 1 + 10 * i + version));
  });
});

/** The content of the file `name` in `version`. */
export function contentOf(name: string, version: number): Hashed {
  return CONTENTS[NAMES.indexOf(name as typeof NAMES[number])]![version]!;
}

/** Which version of the file `name` has that id; -1 if none has. */
export function versionOf(name: string, { id }: Pick<ContentKey, "id">): number {
  return Array.from({ length: VERSIONS }, (_, version) => version)
    .findIndex((version) => contentOf(name, version).id === id);
}

/** A folder: what is in it, and what is published of that. */
export class ModelShare {
  /** How many clients are open. */
  clients = 0;
  /** The version of each file. */
  readonly files = new Map<string, number>();
  /** The version that the index was told last of each publication. */
  readonly published = new Map<string, number>();

  constructor(readonly user: string, readonly share: string) {}

  get isServed(): boolean {
    return this.clients > 0;
  }

  /** Whether no published file has changed since the index was told. */
  get isUnchanged(): boolean {
    return [...this.published].every(([name, version]) => this.files.get(name) === version);
  }

  /** What was changed on the disk shows as soon as somebody asks a client for it. */
  notice(): void {
    if (!this.isServed) return;
    for (const name of this.published.keys()) this.published.set(name, this.files.get(name)!);
  }
}

/** All folders. */
export class DeviceModel {
  constructor(readonly shares: readonly ModelShare[]) {}

  /** The versions of `name` that can be had, in their order; those of `asker` itself left out. */
  served(name: string, asker?: ModelShare): number[] {
    const versions = this.shares.filter((share) => share.isServed && share !== asker)
      .map(({ published, files }) => published.has(name) ? files.get(name)! : -1);
    return [...new Set(versions.filter((version) => version >= 0))].sort();
  }

  /** Withdraws `name` from all folders of `user`, and returns whether it was published from any. */
  withdrawEverywhere(user: string, name: string): boolean {
    return this.shares.map((share) => share.user === user && share.published.delete(name))
      .includes(true);
  }

  /** One line for each publication, sorted. */
  publications(): string[] {
    return this.shares.flatMap(({ user, share, isServed, published }) => {
      return [...published].map(([name, version]) => {
        return publicationLine(user, name, { share, isServed, version });
      });
    }).sort();
  }

  /** One line for each session that serves, or stands by to do so, sorted. */
  sessions(): string[] {
    return this.shares.flatMap(({ user, share, clients }) => {
      return Array.from({ length: clients }, (_, i) => sessionLine(user, share, i > 0));
    }).sort();
  }
}

/** Tells of a publication. */
export function publicationLine(
  user: string,
  name: string,
  { share, isServed, version }: {
    readonly share: string;
    readonly isServed: boolean;
    readonly version: number;
  },
): string {
  return `${user} ${share} ${name} version ${version}${isServed ? "" : ", not served"}`;
}

/** Tells of a session. */
export function sessionLine(user: string, share: string, isStandby: boolean): string {
  return `${user} ${share}${isStandby ? ", standby" : ""}`;
}
