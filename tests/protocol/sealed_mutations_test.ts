/**
 * What happens to datagrams on the way: a great many changes of each kind, and every change of one
 * bit. None has an effect.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { BitTrickleError } from "../../lib/errors.ts";
import {
  decodeSealedDatagram,
  echoOf,
  encodeSealedDatagram,
  type Hello,
  LOGIN_HEADER,
  type SealedDatagram,
  signedTextOf,
  type Unsigned,
} from "../../lib/protocol/sealed_datagram.ts";
import { messageHeader, welcomeHeader } from "../../lib/protocol/sealed_message.ts";
import { openText, sealText } from "../../lib/protocol/sealed_text.ts";
import { deriveLoginKey, deriveSessionKeys } from "../../lib/protocol/session_keys.ts";
import { isSignedBy, Signer } from "../../lib/protocol/signature.ts";
import { encodeUtf8 } from "../../lib/protocol/utf8.ts";
import { someBytes } from "../support/bytes.ts";
import { seededRandom } from "../support/seeded.ts";

const MUTATIONS = 100_000;
/** What is sealed or signed takes long to verify: of so many changes, one is. */
const VERIFIED = 20;

const SIGNER = new Signer(someBytes(32, 1));
const SESSION_KEY = base64(64, 2);
const LOGIN_KEY = deriveLoginKey(SESSION_KEY);
const SALT = someBytes(16, 3);
const KEYS = deriveSessionKeys(SESSION_KEY, SALT);

const HELLO = { kind: "hello", user: "hänsel", ke1: base64(96, 4), token: base64(24, 5) } as const;
const ECHO = echoOf(HELLO.ke1);
const COOKIE = base64(190, 6);

function base64(length: number, seed: number): string {
  return someBytes(length, seed).toBase64({ alphabet: "base64url", omitPadding: true });
}

function signed<T extends Unsigned>(answer: T) {
  return { ...answer, signature: SIGNER.sign(signedTextOf(answer, HELLO)) };
}

/** One of each kind, as it would come. */
const DATAGRAMS: { readonly [K in SealedDatagram["kind"]]: SealedDatagram & { kind: K } } = {
  hello: HELLO,
  retry: { kind: "retry", echo: ECHO, token: base64(24, 7) },
  challenge: signed({
    ...{ kind: "challenge", echo: ECHO, cookie: COOKIE },
    ...{ ke2: base64(320, 8), stretching: "strong" },
  }),
  busy: signed({ kind: "busy", echo: ECHO, seconds: 16 }),
  unable: signed({ kind: "unable", echo: ECHO, seconds: 5 }),
  login: {
    ...{ kind: "login", cookie: COOKIE, ke3: base64(64, 9) },
    box: sealText(LOGIN_KEY, 0, LOGIN_HEADER, encodeUtf8("login\t6881\ttest")),
  },
  welcome: {
    ...{ kind: "welcome", salt: SALT, session: KEYS.session },
    box: sealText(KEYS.toClient, 0, welcomeHeader(SALT, KEYS.session), encodeUtf8("409")),
  },
  message: {
    ...{ kind: "message", session: KEYS.session, number: 258 },
    box: sealText(KEYS.toIndex, 258, messageHeader(KEYS.session, 258), encodeUtf8("lap")),
  },
  reset: { kind: "reset", session: KEYS.session, value: base64(16, 10) },
};

const BYTES = Object.values(DATAGRAMS).map(encodeSealedDatagram);

/** `bytes` with a few changes, each of a bit, a byte, or a part that is lost, doubled or another's. */
function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  let result = bytes;
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    result = mutatedOnce(result, random);
  }
  return result;
}

function mutatedOnce(bytes: Uint8Array, random: () => number): Uint8Array {
  const below = (end: number) => Math.floor(random() * end);
  const [at, to] = [below(bytes.length), below(bytes.length)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  switch (below(8)) {
    case 0:
      return spliced(bytes, at, to, new Uint8Array());
    case 1:
      return spliced(bytes, at, at, bytes.subarray(at, to));
    case 2: {
      const other = BYTES[below(BYTES.length)]!;
      return spliced(bytes, at, to, other.subarray(at, to));
    }
    case 3:
      return bytes.length === 0 ? bytes : bytes.with(at, below(256));
    default:
      return bytes.length === 0 ? bytes : bytes.with(at, bytes[at]! ^ (1 << below(8)));
  }
}

/** `bytes` with `part` in place of those from `from` to `to`. */
function spliced(bytes: Uint8Array, from: number, to: number, part: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - (to - from) + part.length);
  result.set(bytes.subarray(0, from));
  result.set(part, from);
  result.set(bytes.subarray(to), from + part.length);
  return result;
}

/** The datagram in `bytes`, if it is one; and then these bytes are the only ones that say so. */
function decoded(bytes: Uint8Array): SealedDatagram | undefined {
  let datagram: SealedDatagram;
  try {
    datagram = decodeSealedDatagram(bytes);
  } catch (error) {
    assert(error instanceof BitTrickleError && error.code === "malformed", String(error));
    return undefined;
  }
  if (!isSame(encodeSealedDatagram(datagram), bytes)) throw new Error("two spellings");
  return datagram;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Whether the receiver, who expects what was sent, would believe `datagram`. */
function isBelieved(datagram: SealedDatagram): boolean {
  switch (datagram.kind) {
    case "hello":
      return isAnsweredTo(datagram);
    case "retry":
      return datagram.echo === ECHO && datagram.token === DATAGRAMS.retry.token;
    case "challenge":
    case "busy":
    case "unable":
      if (datagram.echo !== ECHO) return false;
      return isSignedBy(SIGNER.publicKey, signedTextOf(datagram, HELLO), datagram.signature);
    case "login": {
      const isProof = datagram.cookie === COOKIE && datagram.ke3 === DATAGRAMS.login.ke3;
      return isProof && openText(LOGIN_KEY, 0, LOGIN_HEADER, datagram.box) !== undefined;
    }
    case "welcome": {
      const { salt, session, box } = datagram;
      const keys = isSame(salt, SALT) ? KEYS : deriveSessionKeys(SESSION_KEY, salt);
      const header = welcomeHeader(salt, session);
      return session === keys.session && openText(keys.toClient, 0, header, box) !== undefined;
    }
    case "message": {
      const { session, number, box } = datagram;
      const text = openText(KEYS.toIndex, number, messageHeader(session, number), box);
      return session === KEYS.session && text !== undefined;
    }
    case "reset":
      return datagram.session === KEYS.session && datagram.value === DATAGRAMS.reset.value;
  }
}

/** Whether what the index says to this hello would be taken by the client that sent the true one. */
function isAnsweredTo({ user, ke1, token }: Hello): boolean {
  if (token !== HELLO.token) return false;
  const [mine, other] = [HELLO, { user, ke1, token }].map((hello) => {
    return signedTextOf({ ...DATAGRAMS.challenge, echo: echoOf(hello.ke1) }, hello);
  });
  return mine === other;
}

for (const [i, kind] of (Object.keys(DATAGRAMS) as SealedDatagram["kind"][]).entries()) {
  const original = BYTES[i]!;
  const isPlain = kind === "hello" || kind === "retry" || kind === "reset";

  Deno.test({
    name: `a ${kind} is believed as it was sent, and with any one bit changed it is not`,
    permissions: "none",
  }, () => {
    assert(isBelieved(decoded(original)!));
    for (let bit = 0; bit < original.length * 8; bit++) {
      const datagram = decoded(original.with(bit >> 3, original[bit >> 3]! ^ (1 << (bit & 7))));
      assert(!datagram || !isBelieved(datagram), `bit ${bit}`);
    }
  });

  Deno.test({
    name: `${MUTATIONS} changes of a ${kind}: each is malformed or says what it says in one way`,
    permissions: "none",
  }, () => {
    const random = seededRandom(i);
    const counts = { malformed: 0, read: 0, same: 0 };
    for (let n = 0; n < MUTATIONS; n++) {
      const bytes = mutated(original, random);
      const datagram = decoded(bytes);
      if (!datagram) counts.malformed++;
      else if (isSame(bytes, original)) counts.same++;
      else {
        const isVerified = isPlain || n % VERIFIED === 0;
        assert(!isVerified || !isBelieved(datagram), bytes.toHex());
        counts.read++;
      }
    }
    assert(counts.read > 0 && counts.malformed > 0 && counts.same < MUTATIONS / 20);
    assertEquals(counts.malformed + counts.read + counts.same, MUTATIONS);
  });
}
