/**
 * The index's certificate authority: it vouches for the keys of clients, so that a downloader knows
 * that whom it talks to is whom the index named. Nobody else trusts it, and it signs nothing but names
 * that follow from keys (see `tls.ts`).
 *
 * Certificates end with the sessions for which they were made, as nobody is sent to another: their
 * dates are so far apart that no clock is wrong by as much.
 *
 * @module
 */

import { createECDH } from "node:crypto";
import { BitTrickleError } from "../errors.ts";
import { fromBase64Url, toBase64Url } from "../protocol/base64url.ts";
import { labelOf, TLS_DOMAIN, tlsNameOf } from "../protocol/tls.ts";

type X509 = typeof import("@peculiar/x509");

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;
/** Order of the group of P-256, see SP 800-186 section 3.2.1.3. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SCALAR_BYTES = 32;
const VALIDITY = {
  notBefore: new Date("1970-01-01T00:00:00Z"),
  notAfter: new Date("9999-12-31T23:59:59Z"),
} as const;
const ISSUER = "CN=BitTrickle index";
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const NAME_CONSTRAINTS = "2.5.29.30";

/** What signs, and its certificate. */
interface Authority {
  readonly x509: X509;
  readonly key: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly certificate: string;
}

/** Issues certificates, one after the other. They are in DER, in base64url. */
export class Certificates {
  readonly #seed: Uint8Array;
  #authority: Promise<Authority> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param seed AUTHORITY_SEED_BYTES that nobody else knows: the same make the same authority. */
  constructor(seed: Uint8Array) {
    this.#seed = seed;
  }

  /** The authority's own, by which those that it issued are checked. */
  async authority(): Promise<string> {
    return (await this.#load()).certificate;
  }

  /**
   * One for the public key `spki`, see `tls.ts`.
   *
   * @throws {BitTrickleError} `malformed` if there is no such key
   */
  issue(spki: string): Promise<string> {
    const issued = this.#last.then(() => this.#issue(spki));
    this.#last = issued.catch(() => {});
    return issued;
  }

  async #issue(spki: string): Promise<string> {
    const { x509, key, publicKey: authorityKey } = await this.#load();
    const publicKey = await importPublicKey(spki);
    const { KeyUsageFlags } = x509;
    const name = tlsNameOf(labelOf(spki));
    return inBase64Url(
      await x509.X509CertificateGenerator.create({
        subject: "",
        issuer: ISSUER,
        ...VALIDITY,
        signingAlgorithm: SIGNATURE,
        publicKey,
        signingKey: key,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
          // It has to be critical where the subject is empty (RFC 5280 section 4.2.1.6).
          new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }], true),
          await x509.AuthorityKeyIdentifierExtension.create(authorityKey),
        ],
      }),
    );
  }

  /** Made when it is needed first: the package takes 0.1 s to load. */
  #load(): Promise<Authority> {
    return this.#authority ??= makeAuthority(this.#seed);
  }
}

async function makeAuthority(seed: Uint8Array): Promise<Authority> {
  await import("reflect-metadata"); // The next one looks for it when it is loaded.
  const x509 = await import("@peculiar/x509");
  const { signingKey, publicKey } = await importKeys(privateScalar(seed));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "01",
    subject: ISSUER,
    issuer: ISSUER,
    ...VALIDITY,
    signingAlgorithm: SIGNATURE,
    publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.Extension(NAME_CONSTRAINTS, true, nameConstraints(TLS_DOMAIN)),
      // Strict implementations, as Python's since 3.13, want keys to be identified.
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { x509, key: signingKey, publicKey, certificate: inBase64Url(certificate) };
}

/** By "extra random bits", FIPS 186-5 appendix A.2.1. */
function privateScalar(seed: Uint8Array): Uint8Array {
  const scalar = BigInt(`0x${seed.toHex()}`) % (ORDER - 1n) + 1n;
  return Uint8Array.fromHex(scalar.toString(16).padStart(2 * SCALAR_BYTES, "0"));
}

async function importKeys(scalar: Uint8Array) {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(scalar);
  const point = new Uint8Array(ecdh.getPublicKey());
  const x = toBase64Url(point.subarray(1, 1 + SCALAR_BYTES));
  const y = toBase64Url(point.subarray(1 + SCALAR_BYTES));
  const jwk = { kty: "EC", crv: "P-256", x, y };
  const d = toBase64Url(scalar);
  return {
    signingKey: await crypto.subtle.importKey("jwk", { ...jwk, d }, CURVE, false, ["sign"]),
    publicKey: await crypto.subtle.importKey("jwk", jwk, CURVE, true, ["verify"]),
  };
}

async function importPublicKey(spki: string): Promise<CryptoKey> {
  try {
    const bytes = fromBase64Url(spki)!;
    const key = await crypto.subtle.importKey("spki", bytes, CURVE, true, ["verify"]);
    await crypto.subtle.exportKey("spki", key); // Not before that is the point looked at.
    return key;
  } catch (cause) {
    throw new BitTrickleError("malformed", "bad public key: its point is not on the curve", {
      cause,
    });
  }
}

/**
 * NameConstraints (RFC 5280 section 4.2.1.10) that permit names below `domain` and no others, in DER:
 * three sequences and one name, none longer than 127 bytes.
 */
function nameConstraints(domain: string): ArrayBuffer {
  const name = new TextEncoder().encode(domain);
  const { length } = name;
  const heads = [0x30, length + 6, 0xa0, length + 4, 0x30, length + 2, 0x82, length];
  return Uint8Array.from([...heads, ...name]).buffer;
}

function inBase64Url({ rawData }: { readonly rawData: ArrayBuffer }): string {
  return toBase64Url(new Uint8Array(rawData));
}
