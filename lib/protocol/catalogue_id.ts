/**
 * What a catalogue is known by: 64 random bits, made once with the data that it is kept in. By these a
 * client tells an index that has lost what was published from one where it was withdrawn.
 *
 * @module
 */

/** Bytes of an id: two catalogues that one client meets never have the same by chance. */
export const CATALOGUE_ID_BYTES = 8;

const CATALOGUE_ID = /^[0-9a-f]{16}$/;

/** Whether `text` can be the id of a catalogue: 16 hexadecimal digits. */
export function isCatalogueId(text: string): boolean {
  return CATALOGUE_ID.test(text);
}
