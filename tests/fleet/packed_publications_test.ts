import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PackedPublications } from "../../lib/fleet/packed_publications.ts";
import { encodePublication, type KeptPublication } from "../../lib/fleet/publication_value.ts";
import { encodeUtf8 } from "../../lib/protocol/utf8.ts";

const SHARE = "0123456789abcdef";
const pure = { permissions: "none" } as const;

Deno.test("Packed publications come out as they were, by their names", pure, () => {
  const name = fc.oneof(
    fc.constantFrom("a", "ab", "b", "ä", "ａ", "😀"),
    fc.string({ minLength: 1 }),
  )
    .filter((name) => name.isWellFormed());
  const details = fc.option(fc.record({ size: fc.maxSafeNat() }), { nil: undefined });
  const publication = fc.record({ user: name, name, details })
    .map(({ details, ...rest }): KeptPublication => {
      return { share: SHARE, ...rest, ...details ? { details } : {} };
    });
  fc.assert(fc.property(fc.array(publication), (publications) => {
    const packed = pack(publications);
    assertEquals([...packed.byName()], byName(publications));
    packed.retain(({ name }) => name < "b");
    assertEquals([...packed.byName()], byName(publications).filter(({ name }) => name < "b"));
  }));
});

Deno.test("Packed publications fill any number of blocks", pure, () => {
  const publications = Array.from({ length: 40 }, (_, i): KeptPublication => {
    // Some are longer than a block, which no message allows.
    return { user: "hans", share: SHARE, name: `${99 - i}`.padEnd(i % 7 * 200_000 + 2, "x") };
  });
  assertEquals([...pack(publications).byName()], byName(publications));
});

function pack(publications: readonly KeptPublication[]): PackedPublications {
  const packed = new PackedPublications();
  for (const each of publications) packed.add(encodePublication(each));
  return packed;
}

/** By the bytes of their names; those of one name as they came. */
function byName(publications: readonly KeptPublication[]): KeptPublication[] {
  const bytes = ({ name }: KeptPublication) => encodeUtf8(name).toHex();
  return publications.toSorted((a, b) => bytes(a) < bytes(b) ? -1 : bytes(a) > bytes(b) ? 1 : 0);
}
