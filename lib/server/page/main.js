/**
 * The page: follows the server, and says when it cannot.
 */

import { beginAdministration, noteStatus } from "./admin.js";
import { addSample, beginCharts, showHistory } from "./charts.js";
import { at, bytes, count, fillTable, named, say } from "./dom.js";
import { showStatus } from "./views.js";

/** Older than this is said to be old, in milliseconds: a status comes each second. */
const OLD_MS = 5_000;
/** How long to wait before a new connection, in milliseconds. */
const AGAIN_MS = 2_000;
/** How long typing rests before a search, in milliseconds. */
const TYPING_MS = 250;

let heardAt;
let found = [];
let cursor;
let searches = 0;

function follow() {
  const events = new EventSource("/api/events");
  events.addEventListener("status", ({ data }) => {
    heardAt = performance.now();
    showAge();
    const status = JSON.parse(data);
    showStatus(status);
    noteStatus(status);
  });
  events.addEventListener("sample", ({ data }) => addSample(JSON.parse(data)));
  events.addEventListener("open", loadHistory);
  events.addEventListener("error", () => {
    // A browser tries again by itself unless it was refused.
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(follow, AGAIN_MS);
  });
}

async function loadHistory() {
  const history = await get("/api/history").catch(() => undefined);
  if (history) showHistory(history);
}

function showAge() {
  const age = performance.now() - (heardAt ?? 0);
  const isOld = age > OLD_MS;
  at("connection").dataset.state = isOld ? "old" : heardAt === undefined ? "waiting" : "live";
  if (isOld && heardAt === undefined) say(at("connection"), "The server does not answer");
  else if (isOld) say(at("connection"), "No connection: what you see is old");
  else if (heardAt !== undefined) say(at("connection"), "Live");
}

async function search(isMore) {
  const number = ++searches;
  const after = isMore && cursor !== undefined ? `&after=${encodeURIComponent(cursor)}` : "";
  const path = `/api/search?q=${encodeURIComponent(at("query").value.trim())}${after}`;
  const answer = await get(path).catch(({ message }) => ({ fault: message }));
  if (number !== searches) return; // Another one has begun since.
  if (answer.fault !== undefined) return say(at("files-count"), answer.fault);
  found = isMore ? [...found, ...answer.rows] : answer.rows;
  cursor = answer.after;
  showFound(answer.more);
}

function showFound(more) {
  at("more").hidden = more === 0;
  const left = more > 0 ? `, at least ${count(more)} more` : "";
  const files = `${count(found.length)} file${found.length === 1 ? "" : "s"}`;
  say(at("files-count"), found.length === 0 ? "Nothing found" : `${files}${left}`);
  fillTable(
    at("files"),
    found.map(({ name, size, sources, user }) => [
      named(name),
      { number: size === undefined ? "not known" : bytes(size) },
      { number: `${count(sources.active)} of ${count(sources.total)}` },
      named(user),
    ]),
  );
}

async function get(path) {
  const answer = await fetch(path);
  if (answer.ok) return await answer.json();
  const { error = `HTTP ${answer.status}` } = await answer.json().catch(() => ({}));
  throw new Error(error);
}

function beginSearch() {
  let typing;
  at("query").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, TYPING_MS);
  });
  at("search").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  at("more").addEventListener("click", () => search(true));
  search();
}

beginCharts();
beginSearch();
beginAdministration();
follow();
setInterval(showAge, 1_000);
