/**
 * What the page shows of a status.
 */

import {
  at,
  bytes,
  clock,
  count,
  duration,
  fillFacts,
  fillTable,
  keep,
  make,
  named,
  say,
  shown,
} from "./dom.js";

/** How often the board is summed up for those who listen to it, in milliseconds. */
const NEWS_MS = 10_000;
let newsAt = -Infinity;

/** Shows all of `status`. */
export function showStatus(status) {
  showServer(status);
  showTotals(status);
  showBoard(status.downloads);
  showSessions(status.sessions);
  showFailed(status.failedLogins);
  showDisk(status);
}

function showServer({ server }) {
  const where = server.addresses.map(shown).join(", ");
  say(at("server"), `version ${shown(server.version)}, listens on ${where}`);
}

function showTotals({ users, sessions, catalogue, downloads, failedLogins, load }) {
  fillFacts(at("totals"), [
    ["Active users", count(users.active)],
    ["Devices", count(sessions.total)],
    ["Files shared", count(catalogue.publications)],
    ["Downloads", count(downloads.total)],
    ["Failed logins", count(failedLogins.total)],
    ["Requests/s", count(Math.round(load.requests / Math.max(1, load.seconds)))],
  ]);
}

function showBoard({ total, rows }) {
  at("board-empty").hidden = rows.length > 0;
  keep(at("board"), rows, keyOfContent, makeDownload, updateDownload);
  if (performance.now() - newsAt < NEWS_MS) return;
  newsAt = performance.now();
  say(at("downloads-news"), total === 0 ? "" : newsOf(rows[0], total));
}

function newsOf({ name, complete, holders }, total) {
  const others = total > 1 ? `; ${total} downloads in all` : "";
  return `${shown(name)}: ${complete} of ${holders.total} have all of it${others}`;
}

function keyOfContent({ id, size }) {
  return `${id} ${size}`;
}

function makeDownload() {
  const head = make("div", "download-head", make("h3"), make("p", "quiet"));
  return make("article", "", head, make("ol", "holders"), make("p", "quiet"));
}

function updateDownload(article, { name, size, sources, complete, holders }) {
  const [head, list, rest] = article.children;
  say(head.children[0], shown(name));
  say(
    head.children[1],
    `${bytes(size)} · ${complete} of ${holders.total} have all of it · ` +
      `${sources.active} of ${sources.total} sources active`,
  );
  keep(list, holders.rows, keyOfHolder, makeHolder, (row, it) => updateHolder(row, it, size));
  const others = holders.total - holders.rows.length;
  say(rest, others > 0 ? `and ${count(others)} more` : "");
}

function keyOfHolder({ user, device = "" }) {
  return `${user}\t${device}`;
}

function makeHolder({ user, device }) {
  const who = make("span", "who", named(user));
  if (device !== undefined) who.append(" ", named(device, "device"));
  const bar = make("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", shown(user));
  return make("li", "holder", who, make("span", "share"), bar);
}

function updateHolder(row, holder, size) {
  const whole = holder.bytes >= size;
  const percent = size === 0
    ? 100
    : Math.min(whole ? 100 : 99, Math.floor(100 * holder.bytes / size));
  row.classList.toggle("complete", whole);
  say(row.children[1], whole ? "✓ all" : `${percent} %`);
  row.children[2].value = percent;
}

function showSessions({ total, rows }) {
  const left = total - rows.length;
  say(at("sessions-count"), left > 0 ? `${count(rows.length)} of ${count(total)}` : count(total));
  fillTable(
    at("sessions"),
    rows.map(({ user, device = "", agent = "", address, publications, since, protocol }) => [
      named(user),
      deviceOf(device, agent, protocol),
      { fixed: shown(address) },
      { number: count(publications) },
      clock(since),
    ]),
  );
}

function deviceOf(device, agent, protocol) {
  const program = agent || `protocol ${protocol}`;
  return make("span", "", named(device), device ? " " : "", named(program, "quiet"));
}

function showFailed({ total, rows }) {
  say(at("failed-count"), total === 0 ? "none" : count(total));
  fillTable(
    at("failed"),
    rows.map(({ time, user, host, reason }) => [
      clock(time),
      named(user),
      { fixed: shown(host) },
      named(reason),
    ]),
  );
}

function showDisk({ disk, fleet, server, time, users, invitations }) {
  const up = (Date.parse(time) - Date.parse(server.startedAt)) / 1_000;
  const free = disk.freeBytes === undefined ? "not known" : bytes(disk.freeBytes);
  fillFacts(at("disk"), [
    ["Data file", bytes(disk.dataBytes)],
    ["Free on its disk", free],
    ["Users", `${count(users.total)}, ${count(users.disabled)} of them disabled`],
    ["Open invitations", count(invitations.total)],
    ...fleet ? [["Sessions at other servers", count(fleet.remoteSessions)]] : [],
    ...fleet?.nodes
      ? [["Nodes of etcd", `${count(fleet.nodes.reached)} of ${count(fleet.nodes.total)} reached`]]
      : [],
    ["Up for", duration(up)],
    ["Fingerprint", shown(server.fingerprint)],
  ]);
  at("fault").hidden = disk.fault === undefined;
  say(at("fault"), disk.fault === undefined ? "" : `Not saved: ${shown(disk.fault)}`);
}
