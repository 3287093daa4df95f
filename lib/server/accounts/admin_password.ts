/**
 * The administrator's password: what proves it is kept beside the credentials, and not the password.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { realPathOf } from "../../files/real_path.ts";
import { readText } from "../../files/text_file.ts";
import { escapeText } from "../../protocol/escape.ts";
import { replaceAccountFile } from "./credentials_file.ts";
import { lockCredentials } from "./credentials_lock.ts";

/** Shortest password: what is guessed over a network, a few times a minute, need not be longer. */
const LEAST_CHARACTERS = 8;

/** What Argon2id costs (RFC 9106, second recommendation, on one lane): 64 MiB, a third of a second. */
const COST = { iterations: 3, memorySize: 65_536, parallelism: 1, hashLength: 32 } as const;
const SALT_BYTES = 16;

/** The one form that is written, so that a file cannot ask for any other work. */
const VERIFIER = /^\$argon2id\$v=19\$m=65536,t=3,p=1\$([A-Za-z0-9+/]{22})\$[A-Za-z0-9+/]{43}$/;

/** Stands for a verifier where there is none: no password is known that it proves. */
const NOBODY = `$argon2id$v=19$m=65536,t=3,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Where the verifier of a server with these credentials is kept. */
export async function adminPathFor(credentials: string): Promise<string> {
  return `${await realPathOf(credentials)}.admin`;
}

/**
 * The verifier of the administrator's password; nothing if there is no administrator.
 *
 * @throws {BitTrickleError} `disk` if its file cannot be read, `usage` if it holds none
 */
export async function readAdminVerifier(credentials: string): Promise<string | undefined> {
  const path = await adminPathFor(credentials);
  const text = await readText(path).catch((cause) => {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cannotRead("disk", path, reasonOf(cause), cause);
  });
  if (text === undefined || VERIFIER.test(text.trim())) return text?.trim();
  throw cannotRead("usage", path, "it holds no password; set one by `admin passwd`");
}

/**
 * Makes `password` the administrator's.
 *
 * @throws {BitTrickleError} `usage` for one that is too short, `disk`
 */
export async function setAdminPassword(credentials: string, password: string): Promise<void> {
  if ([...password].length < LEAST_CHARACTERS) {
    const reason = `it needs ${LEAST_CHARACTERS} characters`;
    throw new BitTrickleError("usage", `Cannot set the administrator's password: ${reason}`);
  }
  const verifier = await verifierOf(password, randomBytes(SALT_BYTES));
  using _ = await lockCredentials(credentials);
  await replaceAccountFile(credentials, adminPathFor(credentials), `${verifier}\n`);
}

/** Whether `verifier` proves `password`. It takes as long where there is none. */
export async function isAdminPassword(
  password: string,
  verifier: string | undefined,
): Promise<boolean> {
  const expected = verifier ?? NOBODY;
  const salt = Buffer.from(VERIFIER.exec(expected)![1]!, "base64");
  const given = Buffer.from(await verifierOf(password, salt));
  return timingSafeEqual(given, Buffer.from(expected)) && verifier !== undefined;
}

/** @returns it in the form of the reference implementation, with its cost and salt */
async function verifierOf(password: string, salt: Uint8Array): Promise<string> {
  // A server that nobody administers needs none of it.
  const { argon2id } = await import("hash-wasm");
  // An empty password is none that the library takes, and no less work.
  const text = password === "" ? "\0" : password;
  return await argon2id({ ...COST, password: text, salt, outputType: "encoded" });
}

function cannotRead(
  code: "disk" | "usage",
  path: string,
  reason: string,
  cause?: unknown,
): BitTrickleError {
  const where = `"${escapeText(path)}"`;
  const message = `Cannot read the administrator's password in ${where}: ${escapeText(reason)}`;
  return new BitTrickleError(code, message, { cause });
}
