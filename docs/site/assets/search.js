// Searches in the index that was built with the site. It is loaded when somebody begins to search,
// as a script: a page that was opened from the disk may load nothing else.
"use strict";

(() => {
  const MOST_SHOWN = 20;
  const root = document.body.dataset.root;
  const form = document.querySelector("form[role=search]");
  const query = document.getElementById("query");
  const results = document.getElementById("results");
  const count = document.getElementById("count");
  const list = results.querySelector("ol");
  let loading;

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.focus();
  });
  query.addEventListener("focus", () => load());
  query.addEventListener("input", () => find());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !results.hidden) leave();
    else if (event.key === "/" && !isTyping(event.target)) focusQuery(event);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event);
  });

  function load() {
    loading ??= loadScript("minisearch.js").then(() => loadScript("search_index.js")).then(() => {
      const { index, options } = globalThis.SEARCH;
      return globalThis.MiniSearch.loadJSON(index, options);
    });
    return loading;
  }

  function loadScript(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}assets/${name}`;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    });
  }

  async function find() {
    const index = await load();
    const words = query.value.trim();
    const found = words === "" ? [] : index.search(words);
    results.hidden = words === "";
    count.textContent = found.length === 0 ? `Nothing found for “${words}”` : countOf(found.length);
    list.replaceChildren(...found.slice(0, MOST_SHOWN).map(itemOf));
  }

  function countOf(number) {
    if (number === 1) return "1 section found";
    return `${number} sections found${number > MOST_SHOWN ? `; the best ${MOST_SHOWN}` : ""}`;
  }

  function itemOf({ heading, title, place, begin }) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = root + place;
    link.textContent = heading === title ? title : `${title}: ${heading}`;
    link.addEventListener("click", () => results.hidden = true);
    const text = document.createElement("p");
    text.textContent = begin;
    item.append(link, text);
    return item;
  }

  function leave() {
    results.hidden = true;
    query.value = "";
    query.focus();
  }

  function focusQuery(event) {
    event.preventDefault();
    query.focus();
  }

  /** The arrows lead from the words to what is found, and through it. */
  function move(event) {
    const stops = [query, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    const next = at < 0 || results.hidden
      ? undefined
      : stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  function isTyping(element) {
    return element.matches("input, textarea, select");
  }
})();
