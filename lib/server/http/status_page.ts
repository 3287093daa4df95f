/**
 * The status page as the command line asks for it.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { ConnectionListener, type TlsCertificate } from "../../net/connection_listener.ts";
import type { AccountStore } from "../../index/login/account_store.ts";
import { readText } from "../../files/text_file.ts";
import { type Address, isAnyAddress } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { AccountAdministration } from "../accounts/administration.ts";
import type { HttpFlags } from "../flags/http_flags.ts";
import type { StatusSource } from "../status/status.ts";
import { HTTP_PROTOCOL } from "./exchange.ts";
import { HttpServer, type HttpServerOptions } from "./http_server.ts";
import type { HttpConfig } from "./worker_messages.ts";

/** A token of at least 128 random bits: 32 hexadecimal digits, or 22 characters of base64. */
const TOKEN = /^(?:[0-9a-f]{32,}|(?![0-9a-f]+$)[A-Za-z0-9_-]{22,})$/i;

type TlsFiles = NonNullable<HttpFlags["tls"]>;

/** What a status page is of. */
export interface StatusPageOptions extends Pick<HttpServerOptions, "onAction" | "onFault"> {
  readonly source: StatusSource;
  readonly store: AccountStore;
  /** The credentials file, beside which the administrator's password is kept. */
  readonly credentials: string;
  /** Where the index listens. */
  readonly index: Address;
}

/**
 * Serves the status page until it is disposed of.
 *
 * @throws {BitTrickleError} `usage`, `network` or `timeout`
 */
export async function serveStatusPage(
  flags: HttpFlags,
  { source, store, credentials, index, ...heard }: StatusPageOptions,
): Promise<HttpServer> {
  const config = await readHttpConfig(flags, credentials);
  // Of all addresses of the machine none is known to be the right one.
  const address = flags.inviteAddress ??
    (isAnyAddress(index.hostname) ? undefined : [index] as const);
  const administration = new AccountAdministration(store, address);
  return await HttpServer.start(config, { source, administration, ...heard });
}

/**
 * Reads certificate and access token again, as far as there are any, and goes on with those.
 *
 * @param onFault Hears of each that is of no use: then the former one stays
 */
export async function renewSecrets(
  page: HttpServer,
  { tls, tokenFile }: HttpFlags,
  onFault: (error: unknown) => void,
): Promise<void> {
  const renewals = [
    tls && readCertificate(tls).then((certificate) => page.renew({ certificate })),
    tokenFile === undefined
      ? undefined
      : readToken(tokenFile).then((token) => page.renew({ token })),
  ];
  for (const renewal of renewals) await renewal?.catch(onFault);
}

/**
 * Reads the files that `flags` name.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function readHttpConfig(flags: HttpFlags, credentials: string): Promise<HttpConfig> {
  const { address, names, tls, tokenFile } = flags;
  const config = { address, credentials, names };
  const certificate = tls && await readCertificate(tls);
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  return { ...config, ...certificate && { certificate }, ...token && { token } };
}

/** Reads it, and sees whether it can be used. */
async function readCertificate({ cert, key }: TlsFiles): Promise<TlsCertificate> {
  const certificate = { cert: await readPart(cert), key: await readPart(key) };
  const anywhere = { hostname: "127.0.0.1", port: 0 };
  ConnectionListener.bindTls(anywhere, certificate, HTTP_PROTOCOL).close();
  return certificate;
}

async function readToken(path: string): Promise<string> {
  const token = (await readPart(path)).trim();
  if (TOKEN.test(token)) return token;
  const advice = "make one by `openssl rand -hex 32`";
  const reason = `the access token in "${escapeText(path)}" is not of 128 random bits; ${advice}`;
  throw new BitTrickleError("usage", `Cannot serve the status page: ${reason}`);
}

async function readPart(path: string): Promise<string> {
  return await readText(path).catch((cause) => {
    const reason = `"${escapeText(path)}": ${escapeText(reasonOf(cause))}`;
    throw new BitTrickleError("usage", `Cannot serve the status page: ${reason}`, { cause });
  });
}
