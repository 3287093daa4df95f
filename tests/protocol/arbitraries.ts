/**
 * Random users, names, requests and datagrams.
 *
 * @module
 */

import fc from "fast-check";
import type { Request, Verb } from "../../lib/protocol/messages.ts";
import { credentialFault, plainNameFault } from "../../lib/protocol/names.ts";

export const VERBS: readonly Verb[] = [
  "login",
  "heartbeat",
  "lap",
  "lpf",
  "pub",
  "unp",
  "sch",
  "get",
];

/** Any character of Unicode, as likely from its lower end, which the codecs treat specially. */
const ANY_CHARACTER = fc.oneof(
  fc.nat(0xff),
  fc.nat(0xd7ff),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
).map((point) => String.fromCodePoint(point));

/** Well-formed text of any characters. */
export const texts = fc.string({ unit: ANY_CHARACTER, maxLength: 300 });

/** The same without control characters. */
export const fieldTexts = texts.map((text) => text.replaceAll(/\p{Cc}/gu, ""));

const CHARACTERS = fc.oneof(
  fc.constantFrom(..."abcxyzABC0189._-+*"),
  fc.constantFrom("é", "ß", "д", "日", "🎬", "👩‍🚀", "²", "\u00a1"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
);

/** User names and passwords. */
export const credentials = fc.string({ unit: CHARACTERS, minLength: 1, maxLength: 20 })
  .filter((text) => credentialFault(text) === undefined);

/** Names of files that protocol 1 can carry. */
export const plainNames = fc.string({ unit: CHARACTERS, minLength: 1, maxLength: 60 })
  .filter((text) => plainNameFault(text) === undefined);

/** Ports that a peer may announce. */
export const peerPorts = fc.integer({ min: 1_024, max: 65_535 });

/** Legal requests of every verb. */
export const requests: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    verb: fc.constant("login" as const),
    user: credentials,
    password: credentials,
    tcpPort: peerPorts,
  }),
  fc.record({ verb: fc.constantFrom("heartbeat", "lap", "lpf"), user: credentials }),
  fc.record({ verb: fc.constantFrom("pub", "unp", "get"), user: credentials, name: plainNames }),
  fc.record({ verb: fc.constant("sch" as const), user: credentials, text: plainNames }),
);

const FIELDS = fc.oneof(
  fc.constantFrom("", "hans", "..", "/", "\0", "__proto__", "constructor", "5000", "6e3", "-1"),
  texts,
);

/** Anything that may arrive at a port: noise, near misses and legal requests that were damaged. */
export const datagrams: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.tuple(fc.constantFrom(...VERBS, "", "LOGIN", "__proto__"), fc.array(FIELDS, { maxLength: 4 }))
    .map(([verb, fields]) => new TextEncoder().encode([verb, ...fields].join(" "))),
  fc.tuple(requests, fc.nat(), fc.nat(255)).map(([request, at, byte]) => {
    const datagram = new TextEncoder().encode(Object.values(request).join(" "));
    return datagram.with(at % datagram.length, byte);
  }),
);
