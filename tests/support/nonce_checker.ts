/**
 * Watches every seal of this process, in tests only: under one key, one number has one text.
 *
 * @module
 */

import sodium from "libsodium-wrappers";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { sealShortTextsBy } from "../../lib/protocol/aead.ts";
import { SODIUM } from "../../lib/protocol/sodium_aead.ts";

await sodium.ready;

type Encrypt = typeof sodium.crypto_aead_chacha20poly1305_ietf_encrypt;

const CIPHERS = [
  "crypto_aead_chacha20poly1305_ietf_encrypt",
  "crypto_aead_xchacha20poly1305_ietf_encrypt",
] as const;

/** A key has sealed two texts under one nonce: who has both boxes can read and forge. */
export class NonceReused extends Error {
  override readonly name = "NonceReused";
}

/**
 * Takes the place of the ciphers for all that fits into a datagram. Longer texts, those of transfers,
 * are sealed by other code, see `aead.ts`, and are not seen.
 */
export class NonceChecker implements Disposable {
  /** How many boxes were made. */
  seals = 0;
  /** What was sealed, by key and nonce: a hash of the header and the text. */
  readonly #sealed = new Map<string, Map<string, string>>();
  readonly #originals = CIPHERS.map((cipher) => [cipher, sodium[cipher]] as const);

  constructor() {
    sealShortTextsBy(SODIUM);
    for (const [cipher, encrypt] of this.#originals) {
      Object.assign(sodium, { [cipher]: this.#checked(encrypt as Encrypt) });
    }
  }

  /** How many keys were used. */
  get keys(): number {
    return this.#sealed.size;
  }

  /** Puts the ciphers back. */
  [Symbol.dispose](): void {
    sealShortTextsBy(undefined);
    Object.assign(sodium, Object.fromEntries(this.#originals));
  }

  #checked(encrypt: Encrypt) {
    return (...args: Parameters<Encrypt>) => {
      const [text, header, , nonce, key] = args;
      this.#note(key, nonce, header as Uint8Array, text as Uint8Array);
      return encrypt(...args);
    };
  }

  #note(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, text: Uint8Array): void {
    this.seals++;
    const texts = this.#textsOf(Buffer.from(key).toString("base64"));
    const number = Buffer.from(nonce).toString("base64");
    const content = createHash("sha256").update(`${header.length} `).update(header).update(text);
    const hash = content.digest("base64");
    if ((texts.get(number) ?? hash) !== hash) throw new NonceReused("two texts under one nonce");
    texts.set(number, hash);
  }

  #textsOf(key: string): Map<string, string> {
    const texts = this.#sealed.get(key) ?? new Map<string, string>();
    this.#sealed.set(key, texts);
    return texts;
  }
}
