/**
 * What the command line says of the status page.
 *
 * @module
 */

import { isIP } from "node:net";
import { type Parsed, usage } from "../../cli/parse_flags.ts";
import { parsePortFlag } from "../../cli/parse_port.ts";
import { type Address, type Addresses, isLoopback } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { parseInviteAddresses } from "./invite_address.ts";

/** How the status page is served. */
export interface HttpFlags {
  readonly address: Address;
  /** Files of a certificate and its key. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** File of the access token. */
  readonly tokenFile?: string;
  readonly names: readonly string[];
  /** Where those find the server who are invited on the page. */
  readonly inviteAddress?: Addresses;
}

const OF_HTTP = ["http-cert", "http-key", "http-token-file", "http-name", "invite-address"];
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

/**
 * What `flags` say of the status page, if there is to be one.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseHttpFlags(flags: Parsed): HttpFlags | undefined {
  const where = flags.text("http");
  const surplus = OF_HTTP.find((flag) => flags.text(flag) !== undefined);
  if (where === undefined) {
    if (surplus === undefined) return undefined;
    throw usage(`--${surplus} belongs to a status page: give --http [HOST:]PORT, too`);
  }
  const address = parseWhere(where);
  const protection = parseProtection(flags);
  const isOpen = !protection.tls && !protection.tokenFile;
  if (isOpen && !isLoopback(address.hostname)) throw unprotected(address.hostname);
  const invite = flags.text("invite-address");
  return {
    address,
    ...protection,
    names: flags.texts("http-name").map(parseName),
    ...invite === undefined
      ? {}
      : { inviteAddress: parseInviteAddresses("invite-address", invite) },
  };
}

function parseWhere(text: string): Address {
  const [all, bracketed, name, port = ""] = /^(?:(?:\[([^\]]*)\]|([^:]*)):)?([^:]*)$/.exec(text) ??
    [];
  const given = bracketed ?? name ?? "127.0.0.1";
  const hostname = given === "localhost" ? "127.0.0.1" : given;
  const form = "--http takes [HOST:]PORT, as 8080, 0.0.0.0:8080 or [::1]:8080";
  if (all !== undefined && isIP(hostname)) return { hostname, port: parsePortFlag(port, form) };
  throw usage(`${form}, not "${escapeText(text)}"`);
}

function parseProtection(flags: Parsed): Pick<HttpFlags, "tls" | "tokenFile"> {
  const [cert, key] = [flags.text("http-cert"), flags.text("http-key")];
  const tokenFile = flags.text("http-token-file");
  if ((cert === undefined) !== (key === undefined)) {
    throw usage("--http-cert and --http-key go together");
  }
  return {
    ...cert === undefined || key === undefined ? {} : { tls: { cert, key } },
    ...tokenFile === undefined ? {} : { tokenFile },
  };
}

function parseName(text: string): string {
  if (NAME.test(text)) return text.toLowerCase();
  throw usage(`--http-name takes the name of a host, not "${escapeText(text)}"`);
}

function unprotected(hostname: string) {
  return usage(
    `--http on ${hostname} shows this server to other machines: protect it by TLS, with ` +
      "--http-cert FILE --http-key FILE, or by an access token, with --http-token-file FILE",
  );
}
