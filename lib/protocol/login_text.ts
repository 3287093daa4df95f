/**
 * What a client says when it logs in with protocol 2, besides the proof of its password: the text in
 * the box of a login, one line, see {@linkcode joinFields}.
 *
 *     login <share or "-"> <plain port> <TLS port> [agent] [device] [folder] [advertised ip] [former]
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { isUnicast, parsePort } from "./address.ts";
import { isBase64Url } from "./base64url.ts";
import { isDevice, isFolder } from "./device.ts";
import { joinFields, readLines } from "./fields.ts";
import { AGENT_CHARACTERS, HIGHEST_PORT, LOWEST_PEER_PORT } from "./limits.ts";
import { SESSION_BYTES } from "./sealed_message.ts";
import { isShare, PLAIN_SHARE } from "./share.ts";
import { encodeUtf8, utf8Length } from "./utf8.ts";

/** What a client says of its new session. */
export interface SealedLogin {
  /** What the session serves; one without only asks. */
  readonly share?: string;
  /** Where the user's uploads are served in clear. */
  readonly tcpPort: number;
  /** Where they are served over TLS. */
  readonly tlsPort: number;
  /** The program and its version, up to {@linkcode AGENT_CHARACTERS} of printable ASCII. */
  readonly agent?: string;
  /** The name of the device, see `device.ts`. */
  readonly device?: string;
  /** The folder that is shared, see `device.ts`. */
  readonly folder?: string;
  /** An address of one host at which the user's uploads are served, if not at the session's. */
  readonly advertised?: string;
  /** The name of the session that it takes the place of, at whichever server of the index that was. */
  readonly former?: string;
}

/** Longest text that fits into the datagram of a login whatever the user is called, in bytes. */
export const LOGIN_TEXT_BYTES = 320;

/** Stands for no share. */
const NO_SHARE = "-";

/** The text of a login. Of what is only for people, the folder first, what does not fit is left out. */
export function encodeSealedLogin(login: SealedLogin): Uint8Array {
  const { share = NO_SHARE, tcpPort, tlsPort, agent, device, folder, advertised, former } = login;
  const needed = ["login", share, tcpPort, tlsPort];
  const texts = [[agent, device, folder], [agent, device, ""]].map((it) =>
    joinFields([...needed, ...it, advertised, former])
  );
  const fitting = texts.find((text) => utf8Length(text) <= LOGIN_TEXT_BYTES);
  return encodeUtf8(fitting ?? joinFields([...needed, agent, "", "", advertised, former]));
}

/**
 * The login in `plaintext`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeSealedLogin(plaintext: Uint8Array): SealedLogin {
  const [[verb, share = "", plain = "", tls = "", ...words] = [], ...others] = readLines(plaintext);
  const [agent = "", device = "", folder = "", advertised = "", former = "", ...rest] = words;
  const [tcpPort, tlsPort] = [parsePort(plain) ?? 0, parsePort(tls) ?? 0];
  // That of protocol 1 is for nobody else.
  const isServed = isShare(share) && share !== PLAIN_SHARE;
  const isRight = verb === "login" && (isServed || share === NO_SHARE) &&
    isPeerPort(tcpPort) && isPeerPort(tlsPort) && isAgent(agent) &&
    (device === "" || isDevice(device)) && (folder === "" || isFolder(folder)) &&
    (advertised === "" || isUnicast(advertised)) &&
    (former === "" || isBase64Url(former, SESSION_BYTES)) &&
    rest.length + others.length === 0;
  if (!isRight) throw malformed("bad login");
  return {
    ...isServed ? { share } : {},
    tcpPort,
    tlsPort,
    ...agent === "" ? {} : { agent },
    ...device === "" ? {} : { device },
    ...folder === "" ? {} : { folder },
    ...advertised === "" ? {} : { advertised },
    ...former === "" ? {} : { former },
  };
}

function isPeerPort(port: number): boolean {
  return port >= LOWEST_PEER_PORT && port <= HIGHEST_PORT;
}

function isAgent(agent: string): boolean {
  return agent.length <= AGENT_CHARACTERS && /^[\x20-\x7e]*$/.test(agent);
}
