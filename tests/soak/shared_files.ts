/**
 * The files that clients share, and who has which.
 *
 * @module
 */

import { sha256Of, someBytes } from "../support/bytes.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Nothing, a byte, and what is just below, at and above a piece: the others are chosen at random. */
const SIZES = [0, 1, 64 * KIB, MIB - 1, MIB, MIB + 1, 3 * MIB, 8 * MIB, 20 * MIB] as const;
/** A client's own small file, which everybody can get quickly. */
const SMALL_BYTES = 64 * KIB;
/** Further files of a client's own, and such as its neighbour has too. */
const OWN_FILES = 4;
const COMMON_FILES = 2;

/** A file that is published. */
export interface SharedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The numbers of the clients that publish it. */
  readonly owners: readonly number[];
  /** Tells its content from all others. */
  readonly seed: number;
}

/** Every file of `clients` clients; the same for the same numbers of `random`. */
export function planFiles(random: () => number, clients: number): SharedFile[] {
  return Array.from({ length: clients }, (_, client) => {
    const neighbour = (client + 1) % clients;
    const sizes = Array.from({ length: OWN_FILES + COMMON_FILES }, () => {
      return SIZES[Math.floor(random() * SIZES.length)]!;
    });
    return [SMALL_BYTES, ...sizes].map((size, i) => ({
      name: i === 0 ? smallFileOf(client) : `file-${client}-${i}`,
      size,
      owners: i <= OWN_FILES ? [client] : [client, neighbour],
      seed: 1 + client * 100 + i,
    }));
  }).flat();
}

/** The name of the small file of `client`. */
export function smallFileOf(client: number): string {
  return `file-${client}-small`;
}

/** Writes `file` into the folders of its owners, and returns its SHA-256. */
export async function writeSharedFile(
  { name, size, owners, seed }: SharedFile,
  folderOf: (client: number) => string,
): Promise<string> {
  const content = someBytes(size, seed);
  for (const owner of owners) await Deno.writeFile(`${folderOf(owner)}/${name}`, content);
  return await sha256Of(`${folderOf(owners[0]!)}/${name}`);
}
