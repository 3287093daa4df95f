/**
 * Rows of the lists and sources of protocol 2: what stands beside their items.
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { isUnicast, parsePort } from "./address.ts";
import { isBase64Url } from "./base64url.ts";
import { isDevice, isFolder } from "./device.ts";
import { SUM_BYTES } from "./digest.ts";
import { isCount, joinFields } from "./fields.ts";
import { AGENT_CHARACTERS } from "./limits.ts";
import type { Reply, ServedShare, SessionDetails, Source } from "./messages.ts";
import { isShare } from "./share.ts";
import { isTicket } from "./ticket.ts";
import { isLabel } from "./tls.ts";

/** Ends the row of a publication that a session serves now. */
export const SERVED = "served";
/** Ends the row of a source that has some of the pieces. */
export const PART = "part";
/** Says that another session serves the share of a session. */
const STANDBY = "standby";
/** Stands for no share. */
const NO_SHARE = "-";

/** The row of a session of `user`. */
export function sessionRow(user: string, session: SessionDetails): string {
  const { share = NO_SHARE, ip, port, seconds, isStandby, agent, device, folder } = session;
  const standby = isStandby ? STANDBY : "";
  return joinFields([user, share, ip, port, seconds, standby, agent, device, folder]);
}

/**
 * The session in the fields of a row.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function parseSession(row: readonly string[]): SessionDetails {
  const [, share = "", ip = "", digits = "", seconds = "", standby = "", ...texts] = row;
  const port = parsePort(digits);
  const isRight = (share === NO_SHARE || isShare(share)) && isUnicast(ip) && port !== undefined &&
    isCount(seconds) && ["", STANDBY].includes(standby) &&
    isDescribed(texts);
  if (!isRight) throw malformed("bad session");
  return {
    ...share === NO_SHARE ? {} : { share },
    ip,
    port,
    seconds: Number(seconds),
    isStandby: standby === STANDBY,
    ...describe(texts),
  };
}

/** Whether the fields say what a client may say of itself, or nothing. */
function isDescribed([agent = "", device = "", folder = ""]: readonly string[]): boolean {
  return agent.length <= AGENT_CHARACTERS && (device === "" || isDevice(device)) &&
    (folder === "" || isFolder(folder));
}

function describe([agent = "", device = "", folder = ""]: readonly string[]) {
  return {
    ...agent === "" ? {} : { agent },
    ...device === "" ? {} : { device },
    ...folder === "" ? {} : { folder },
  };
}

/**
 * Where a publication is served from, out of the fields of a row.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function parseShare(share = "", served = ""): ServedShare {
  if (!isShare(share) || !["", SERVED].includes(served)) throw malformed("bad share");
  return { share, isServed: served === SERVED };
}

/** What a source's row says of how to fetch from it. */
type Access = Pick<Source, "pass" | "isPartial" | "otherIp">;

/**
 * How to fetch from a source, out of the last fields of its row.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function parseAccess([label, ticket, extent, otherIp]: readonly string[]): Access {
  return { ...parsePass(label, ticket), ...parseExtent(extent), ...parseOtherIp(otherIp) };
}

/** What lets the asker fetch from it. */
function parsePass(label = "", ticket = ""): Pick<Access, "pass"> {
  if (label === "") return {};
  if (!isLabel(label) || !isTicket(ticket)) throw malformed("bad ticket");
  return { pass: { label, ticket } };
}

/** Whether it has only some of the pieces. */
function parseExtent(extent = ""): Pick<Access, "isPartial"> {
  if (extent !== "" && extent !== PART) throw malformed("bad extent of a source");
  return extent === PART ? { isPartial: true } : {};
}

/** Where else it is. */
function parseOtherIp(ip = ""): Pick<Access, "otherIp"> {
  if (ip !== "" && !isUnicast(ip)) throw malformed("bad address of a source");
  return ip === "" ? {} : { otherIp: ip };
}

/**
 * The sum of a bucket, out of the field of a row.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function parseSum(sum: string): string {
  if (!isBase64Url(sum, SUM_BYTES)) throw malformed("bad sum of a bucket");
  return sum;
}

/** What the answer to a heartbeat tells, as far as it can be understood. */
export function parseAlive([time = "", withdrawals = ""]: readonly string[]): Reply {
  return {
    kind: "done",
    ...isCount(time) ? { time: Number(time) } : {},
    ...isCount(withdrawals) ? { withdrawals: Number(withdrawals) } : {},
  };
}
