/**
 * Random datagrams, requests and names of protocol 2.
 *
 * @module
 */

import fc from "fast-check";
import { Buffer } from "node:buffer";
import { BitTrickleError } from "../../lib/errors.ts";
import { hasId } from "../../lib/protocol/content.ts";
import { formatBucket } from "../../lib/protocol/digest.ts";
import type { FileDetails } from "../../lib/protocol/messages.ts";
import { NAME_BYTES } from "../../lib/protocol/limits.ts";
import { nameFault } from "../../lib/protocol/names.ts";
import { encodeSealedDatagram, type SealedDatagram } from "../../lib/protocol/sealed_datagram.ts";
import { packPublications } from "../../lib/protocol/publication_rows.ts";
import { parseSearch } from "../../lib/protocol/search_query.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { utf8Length } from "../../lib/protocol/utf8.ts";
import { credentials } from "./arbitraries.ts";

const NAME_PARTS = fc.oneof(
  fc.constantFrom(" ", "%", "+", "-", "/", ".", "%20", "a", "Z", "0", "é", "日", "🎬", "👩‍🚀"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }),
);

/** Legal names: with spaces, folders and what other codecs escape. */
export const names: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom("-", "--", "%2D", "+", "%", "a b", "a  b/c d", "%41") },
  {
    weight: 9,
    arbitrary: fc.array(NAME_PARTS, { minLength: 1, maxLength: 20 })
      .map((parts) => parts.join("").normalize("NFC").trimEnd())
      .filter((name) => nameFault(name) === undefined),
  },
);

/** Any characters that a name may hold, of one to four bytes. */
const LETTERS = fc.oneof(
  fc.constantFrom("%", "+", "-", "x", "é", "ä", "日", "本", "🎬", "\u{20000}"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 })
    .filter((letter) => nameFault(letter) === undefined),
);

/** `letters` again and again, in folders, up to `most` bytes or a few less. */
function fill(letters: readonly string[], most: number): string {
  let [name, segment] = ["", 0];
  for (let i = 0; utf8Length(name) < most; i++) {
    let next = letters[i % letters.length]!;
    if (segment + utf8Length(next) > 250) [next, segment] = ["/", 0];
    else segment += utf8Length(next);
    if (utf8Length(name + next) > most) break;
    name += next;
  }
  return name.replace(/\/$/, "").normalize("NFC");
}

/** Legal names, most of which have 990 to 1000 bytes, of any characters. */
export const longNames: fc.Arbitrary<string> = fc.tuple(
  fc.array(LETTERS, { minLength: 1, maxLength: 40 }),
  fc.oneof(fc.constant(NAME_BYTES), fc.integer({ min: 1, max: NAME_BYTES })),
).map(([letters, length]) => fill(letters, length))
  .filter((name) => nameFault(name) === undefined);

/** Legal names of users of up to 64 characters, of one to four bytes each. */
export const longUsers: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("🎬".repeat(64), "日".repeat(64), "x".repeat(64), "%".repeat(64)),
  fc.string({ unit: fc.constantFrom("🎬", "日", "é", "x", "-"), minLength: 1, maxLength: 64 }),
);

/** What is known of a file. */
export const details: fc.Arbitrary<FileDetails> = fc.record({
  size: fc.oneof(fc.constantFrom(0, Number.MAX_SAFE_INTEGER), fc.maxSafeNat()),
  id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => Buffer.from(id).toString("hex")),
}, { requiredKeys: ["size"] });

function isSearch(text: string): boolean {
  try {
    return parseSearch(text) !== undefined;
  } catch {
    return false; // It has too many words.
  }
}

const isSet = fc.constant(true as const);
const buckets = fc.nat(1_023).map(formatBucket);
const within = fc.oneof(fc.constant("share"), buckets);

const files = fc.record({ name: names, details }, { requiredKeys: ["name"] });

/** Requests that publish some files. */
const publishing = fc.uniqueArray(files, { minLength: 1, selector: ({ name }) => name })
  .map((files) => [...packPublications(files)][0]!);

/** Requests of `user`, of every verb. */
export function requestsOf(user: string): fc.Arbitrary<SealedRequest> {
  const optional = { requiredKeys: ["verb", "user"] as ("verb" | "user")[] };
  const searches = fc.array(names, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "))
    .filter(isSearch);
  const me = fc.constant(user);
  return fc.oneof(
    fc.record({ verb: fc.constantFrom("heartbeat" as const, "bye" as const), user: me }),
    fc.record({ verb: fc.constant("move" as const), user: me, token: base64(24) }),
    fc.record(
      { verb: fc.constant("lap" as const), user: me, after: credentials, isDetailed: isSet },
      optional,
    ),
    fc.record(
      { verb: fc.constant("lpf" as const), user: me, of: credentials, after: names, within },
      optional,
    ),
    fc.record(
      { verb: fc.constant("share" as const), user: me, digest: base64(16), after: buckets },
      { requiredKeys: ["verb", "user", "digest"] },
    ),
    fc.record(
      { verb: fc.constant("sch" as const), user: me, text: searches, after: names },
      { requiredKeys: ["verb", "user", "text"] },
    ),
    publishing.map((request) => ({ ...request, user })),
    fc.record({ verb: fc.constant("get" as const), user: me, name: names }),
    fc.record(
      { verb: fc.constant("unp" as const), user: me, name: names, isEverywhere: isSet },
      { requiredKeys: ["verb", "user", "name"] },
    ),
    fc.record({
      verb: fc.constantFrom("have" as const, "lack" as const),
      user: me,
      content: details.filter(hasId),
    }),
    details.filter(hasId).chain((content) =>
      fc.record({
        verb: fc.constant("progress" as const),
        user: me,
        content: fc.constant(content),
        bytes: fc.nat(Math.min(content.size, 2 ** 31 - 1)),
      })
    ),
    fc.record({
      verb: fc.constant("passwd" as const),
      user: me,
      message: fc.oneof(base64(32), base64(192)),
    }),
  );
}

/** Base64url of `length` bytes. */
export function base64(length: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => Buffer.from(bytes).toString("base64url"));
}

const boxes = fc.uint8Array({ minLength: 16, maxLength: 300 });
/** With a user of the longest kind, a cookie has 440 bytes. */
const cookies = fc.integer({ min: 185, max: 440 }).chain(base64);

function waits<K extends "busy" | "unable">(kind: K) {
  return fc.record({
    kind: fc.constant(kind),
    echo: base64(8),
    seconds: fc.integer({ min: 1, max: 60 }),
    signature: base64(64),
  });
}

/** Datagrams of each kind, with fields as long as they are in use. */
export const datagramsOfKind: {
  readonly [K in SealedDatagram["kind"]]: fc.Arbitrary<SealedDatagram & { kind: K }>;
} = {
  hello: fc.record({
    kind: fc.constant("hello" as const),
    user: credentials,
    ke1: base64(96),
    token: fc.option(base64(24), { nil: undefined }),
  }),
  retry: fc.record({ kind: fc.constant("retry" as const), echo: base64(8), token: base64(24) }),
  challenge: fc.record({
    kind: fc.constant("challenge" as const),
    echo: base64(8),
    cookie: cookies,
    ke2: base64(320),
    stretching: fc.constantFrom("light" as const, "strong" as const),
    signature: base64(64),
  }),
  busy: waits("busy"),
  unable: waits("unable"),
  login: fc.record({
    kind: fc.constant("login" as const),
    cookie: cookies,
    ke3: base64(64),
    box: boxes,
  }),
  welcome: fc.record({
    kind: fc.constant("welcome" as const),
    salt: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    session: base64(8),
    box: fc.oneof(boxes, fc.constant(new Uint8Array(1_171))),
  }),
  message: fc.record({
    kind: fc.constant("message" as const),
    session: base64(8),
    number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    box: fc.oneof(boxes, fc.constant(new Uint8Array(1_179))),
  }),
  reset: fc.record({
    kind: fc.constant("reset" as const),
    session: base64(8),
    value: base64(16),
  }),
};

/** Datagrams of every kind. */
export const sealedDatagrams: fc.Arbitrary<SealedDatagram> = fc.oneof(
  ...Object.values(datagramsOfKind),
);

/** Bytes that may arrive: noise, text that looks like a datagram, and datagrams that were damaged. */
export const damagedDatagrams: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 1_300 }),
  fc.tuple(
    fc.constantFrom(...Object.keys(datagramsOfKind), "m", "w", "", "Hello"),
    fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }),
    fc.constantFrom(0, 1_200),
  ).map(([kind, fields, length]) => {
    return new TextEncoder().encode(`BT2/${[kind, ...fields].join(" ")}`.padEnd(length));
  }),
  fc.tuple(sealedDatagrams, fc.nat(), fc.nat(255)).map(([datagram, at, byte]) => {
    const bytes = encodeSealedDatagram(datagram);
    return bytes.with(at % bytes.length, byte);
  }),
  fc.tuple(sealedDatagrams, fc.nat(1_200)).map(([datagram, length]) => {
    return encodeSealedDatagram(datagram).slice(0, length);
  }),
);

/** Whether `run` throws nothing but the error of a malformed message. */
export function throwsOnlyMalformed(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    return error instanceof BitTrickleError && error.code === "malformed";
  }
}
