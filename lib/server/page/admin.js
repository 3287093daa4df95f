/**
 * What an administrator may do on the page.
 */

import { at, clock, keep, make, named, say, shown } from "./dom.js";

let csrf;
/** Of which users and invitations the status told last. */
let told;

/** Shows whether there is an administrator, and whether this is one. */
export async function beginAdministration() {
  at("login").addEventListener("submit", whenSubmitted(logIn));
  at("invite").addEventListener("submit", whenSubmitted(invite));
  at("logout").addEventListener("click", () => attempt(logOut));
  at("copy").addEventListener("click", copy);
  const session = await fetch("/api/session").then((it) => it.json()).catch(() => ({}));
  await enter(session);
}

async function enter(session) {
  csrf = session.csrf;
  const isIn = csrf !== undefined;
  at("admin-none").hidden = session.isConfigured !== false;
  at("login").hidden = isIn || session.isConfigured !== true;
  at("desk").hidden = !isIn;
  at("logout").hidden = !isIn;
  if (!isIn) at("invitation").hidden = true;
  else await loadPeople();
}

/** Shows users and invitations anew when `status` tells of others, as when somebody has joined. */
export function noteStatus({ users, invitations }) {
  const now = JSON.stringify([users.total, users.disabled, invitations]);
  if (csrf !== undefined && told !== undefined && now !== told) attempt(loadPeople);
  told = now;
}

async function logIn() {
  const password = at("password").value;
  at("password").value = "";
  const session = await ask("/api/login", { password });
  await enter(session);
  tell("Logged in");
  at("invitee").focus();
}

async function logOut() {
  await ask("/api/logout", {});
  await enter({ isConfigured: true });
  tell("Logged out");
  at("password").focus();
}

async function invite() {
  const user = at("invitee").value.trim();
  const { line } = await ask("/api/users/invite", { user, seconds: Number(at("duration").value) });
  say(at("invited"), shown(user));
  at("line").value = line;
  at("invitation").hidden = false;
  at("invitee").value = "";
  tell(`${shown(user)} is invited`);
  at("copy").focus();
  await loadPeople();
}

async function copy() {
  at("line").select();
  try {
    await navigator.clipboard.writeText(at("line").value);
    tell("Copied");
  } catch {
    tell("Selected: copy it with the keyboard"); // Browsers copy for pages over TLS only.
    at("line").focus();
  }
}

async function loadPeople() {
  const [users, invitations] = await Promise.all([ask("/api/users"), ask("/api/invitations")]);
  keep(at("users"), users, ({ user }) => user, makeUser, updateUser);
  at("invited-people").hidden = invitations.length === 0;
  keep(at("invitations"), invitations, ({ user, expires }) => `${user} ${expires}`, makeInvitation);
}

function makeInvitation({ user, expires }) {
  const revoke = make("button", "danger", "Revoke");
  revoke.type = "button";
  revoke.setAttribute("aria-label", `Revoke the invitation of ${shown(user)}`);
  revoke.addEventListener("click", () => attempt(() => revokeInvitation(user)));
  const buttons = make("div", "row", revoke);
  return make(
    "tr",
    "",
    make("td", "", named(user)),
    make("td", "", clock(expires)),
    make("td", "", buttons),
  );
}

async function revokeInvitation(user) {
  await ask("/api/invitations/revoke", { user });
  tell(`The invitation of ${shown(user)} is revoked`);
  await loadPeople();
  at("invitee").focus();
}

function makeUser({ user }) {
  const change = make("button");
  const remove = make("button", "danger", "Remove");
  for (const button of [change, remove]) button.type = "button";
  remove.setAttribute("aria-label", `Remove ${shown(user)}`);
  change.addEventListener("click", () => attempt(() => changeUser(user, change.dataset.action)));
  remove.addEventListener("click", () => attempt(() => removeUser(user)));
  const buttons = make("div", "row", change, remove);
  return make("tr", "", make("td", "", named(user)), make("td"), make("td", "", buttons));
}

function updateUser(row, { user, state }) {
  const isEnabled = state === "enabled";
  say(row.children[1], isEnabled ? "yes" : "no, disabled");
  const [change] = row.children[2].firstChild.children;
  const word = isEnabled ? "Disable" : "Enable";
  change.dataset.action = isEnabled ? "disable" : "enable";
  change.setAttribute("aria-label", `${word} ${shown(user)}`);
  say(change, word);
}

async function changeUser(user, action) {
  await ask(`/api/users/${action}`, { user });
  tell(`${shown(user)} is ${action}d`);
  await loadPeople();
}

async function removeUser(user) {
  if (!await isConfirmed(user)) return;
  await ask("/api/users/remove", { user });
  tell(`${shown(user)} is removed`);
  await loadPeople();
  at("invitee").focus();
}

let lastAnswer = Promise.resolve(false);

/** A dialog tells that it has closed some time after: the next question waits for that. */
function isConfirmed(user) {
  lastAnswer = lastAnswer.then(() => isAnsweredYes(user));
  return lastAnswer;
}

function isAnsweredYes(user) {
  const dialog = at("confirm");
  say(at("confirm-user"), shown(user));
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = () => resolve(dialog.returnValue === "yes");
    dialog.addEventListener("close", answer, { once: true });
  });
}

function whenSubmitted(act) {
  return (event) => {
    event.preventDefault();
    attempt(act);
  };
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    tell(shown(error.message), "bad");
  }
}

/** Asks the server, and changes something there if there is a body. */
async function ask(path, body) {
  const answer = await fetch(
    path,
    body && {
      method: "POST",
      headers: { "Content-Type": "application/json", ...csrf && { "X-CSRF-Token": csrf } },
      body: JSON.stringify(body),
    },
  );
  const result = await answer.json().catch(() => ({}));
  if (answer.ok) return result;
  if (answer.status === 401 && csrf !== undefined) await enter({ isConfigured: true });
  throw new Error(result.error ?? `The server answered ${answer.status}`);
}

function tell(text, kind = "good") {
  at("admin-news").dataset.kind = kind;
  at("admin-news").textContent = text;
}
