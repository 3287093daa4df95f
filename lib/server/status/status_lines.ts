/**
 * The status of a server as a person reads it.
 *
 * @module
 */

import { fitTable } from "../../cli/table.ts";
import { escapeText } from "../../protocol/escape.ts";
import { formatBytes } from "../../protocol/format_bytes.ts";
import type { DownloadStatus, FailedLogin, HolderStatus, LoadSample, Part } from "./status.ts";
import type { InvitationStatus, SessionStatus, Status } from "./status.ts";

/** Rows of each list that are shown. */
const MOST = { sessions: 20, downloads: 8, holders: 5, failedLogins: 5, invitations: 5 };

/** How wide the bar of a download is. */
const BAR = 20;

/** To how few characters a column may be cut. */
const LEAST = 8;

/** The lines of `status`, none of its tables wider than `columns`. They hold no control characters. */
export function statusLines(status: Status, columns = Infinity): string[] {
  const { sessions, downloads, failedLogins, invitations } = status;
  return [
    ...summaryLines(status),
    ...part("session", sessions, MOST.sessions, (rows) => sessionTable(rows, status, columns)),
    ...part("download", downloads, MOST.downloads, (rows) => rows.flatMap(downloadLines)),
    ...part("failed login", failedLogins, MOST.failedLogins, (rows) => {
      return loginTable(rows, status, columns);
    }),
    ...part("open invitation", invitations, MOST.invitations, (rows) => {
      return invitationTable(rows, status, columns);
    }),
  ];
}

function summaryLines(status: Status): string[] {
  const { server, users, catalogue, disk, load } = status;
  const disabled = users.disabled > 0 ? `, ${count(users.disabled)} disabled` : "";
  const free = disk.freeBytes === undefined ? "" : `, ${formatBytes(disk.freeBytes)} free`;
  const fault = disk.fault === undefined ? "" : `; CANNOT SAVE: ${escapeText(disk.fault)}`;
  const addresses = server.addresses.join(", ");
  return [
    `bittrickle-server ${server.version} on ${addresses}, ${since(server.startedAt, status)}`,
    `Key        ${server.fingerprint}`,
    `Users      ${count(users.active)} active of ${count(users.total)}${disabled}`,
    `Published  ${count(catalogue.publications)} files under up to ${count(catalogue.names)} names`,
    `Disk       ${formatBytes(disk.dataBytes)} of data${free}${fault}`,
    ...fleetLines(status),
    `Load       ${loadText(load)}`,
  ];
}

function fleetLines({ fleet }: Status): string[] {
  if (!fleet) return [];
  const { fault, remoteSessions } = fleet;
  const remotes = `${count(remoteSessions)} of the sessions at other servers${nodesText(fleet)}`;
  return [`Fleet      ${fault === undefined ? remotes : `CUT OFF: ${escapeText(fault)}`}`];
}

/** What is wrong with etcd, if anything. */
function nodesText({ nodes }: NonNullable<Status["fleet"]>): string {
  const missing = nodes ? nodes.total - nodes.reached : 0;
  return [
    ...missing > 0 ? [`; ${missing} OF ${nodes?.total} NODES OF ETCD NOT REACHED`] : [],
    ...nodes?.alarm === undefined ? [] : [`; ALARM: ${escapeText(nodes.alarm)}`],
  ].join("");
}

function loadText({ requests, seconds, failures, dropped, p50, p99, stall }: LoadSample): string {
  const rate = seconds > 0 ? requests / seconds : 0;
  return `${rate.toFixed(1)} requests/s, ${count(failures)} failed, ${count(dropped)} dropped; ` +
    `half within ${milliseconds(p50)}, 99 % within ${milliseconds(p99)}; ` +
    `stalled ${milliseconds(stall)} at most`;
}

/** A list below its name, after an empty line; nothing if it is empty. */
function part<T>(
  name: string,
  { total, rows }: Part<T>,
  most: number,
  linesOf: (rows: readonly T[]) => readonly string[],
): string[] {
  if (total === 0) return [];
  const shown = rows.slice(0, most);
  const more = total - shown.length;
  return [
    "",
    `${count(total)} ${name}${total === 1 ? "" : "s"}`,
    ...linesOf(shown),
    ...more > 0 ? [`… and ${count(more)} more`] : [],
  ];
}

function sessionTable(rows: readonly SessionStatus[], status: Status, columns: number): string[] {
  return fitTable([
    { head: "USER", cells: rows.map(({ user }) => user), least: LEAST },
    { head: "DEVICE", cells: rows.map(({ device }) => device), least: LEAST, rank: 1 },
    { head: "FILES", cells: rows.map((it) => count(it.publications)), isNumber: true },
    { head: "FOR", cells: rows.map((it) => since(it.since, status, "")), rank: 2 },
    { head: "ADDRESS", cells: rows.map(({ address }) => address), rank: 3 },
    { head: "PROGRAM", cells: rows.map((it) => it.agent ?? protocolText(it)), rank: 4 },
  ], columns);
}

function protocolText({ protocol }: SessionStatus): string {
  return `protocol ${protocol}`;
}

function downloadLines({ name, id, size, sources, complete, holders }: DownloadStatus): string[] {
  const title = escapeText(name === "" ? id.slice(0, 16) : name);
  const from = `${sources.active} of ${sources.total} sources`;
  const shown = holders.rows.slice(0, MOST.holders);
  const more = holders.total - shown.length;
  return [
    `${title}  ${formatBytes(size)}  ${from}, ${count(complete)} have fetched it`,
    ...shown.map((holder) => `  ${bar(holder, size)}  ${holderText(holder)}`),
    ...more > 0 ? [`  … and ${count(more)} more`] : [],
  ];
}

function bar({ bytes }: HolderStatus, size: number): string {
  const share = size > 0 ? Math.min(1, bytes / size) : 1;
  const done = "=".repeat(Math.floor(share * BAR));
  return `[${done.padEnd(BAR)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}

function holderText({ user, device }: HolderStatus): string {
  return escapeText(device === undefined ? user : `${user} on ${device}`);
}

function loginTable(rows: readonly FailedLogin[], status: Status, columns: number): string[] {
  return fitTable([
    { head: "USER", cells: rows.map(({ user }) => user), least: LEAST },
    { head: "HOST", cells: rows.map(({ host }) => host) },
    { head: "AGO", cells: rows.map(({ time }) => since(time, status, "")) },
    { head: "WHY", cells: rows.map(({ reason }) => reason), least: LEAST },
  ], columns);
}

function invitationTable(
  rows: readonly InvitationStatus[],
  status: Status,
  columns: number,
): string[] {
  return fitTable([
    { head: "USER", cells: rows.map(({ user }) => user), least: LEAST },
    { head: "ENDS IN", cells: rows.map(({ expires }) => between(status.time, expires)) },
  ], columns);
}

function since(then: string, { time }: Status, before = "for "): string {
  return `${before}${between(then, time)}`;
}

/** How long it is from one time to another: in the two largest units, `3 h 12 min`. */
function between(from: string, to: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 1_000));
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (days! > 0) return `${days} d ${hours! % 24} h`;
  if (hours! > 0) return `${hours} h ${minutes! % 60} min`;
  return minutes! > 0 ? `${minutes} min` : `${seconds} s`;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
