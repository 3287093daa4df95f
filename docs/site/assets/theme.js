// Runs before anything is shown, so that a dark page never flashes.
"use strict";

const THEMES = ["auto", "light", "dark"];
const KEY = "bittrickle-theme";

function chosenTheme() {
  try {
    const chosen = localStorage.getItem(KEY);
    return THEMES.includes(chosen) ? chosen : "auto";
  } catch {
    return "auto"; // A browser may keep nothing for a page from the disk.
  }
}

function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function keepTheme(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds for this page.
  }
}

showTheme(chosenTheme());

document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("theme");
  const label = () => {
    button.textContent = `Theme: ${document.documentElement.dataset.theme}`;
  };
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % 3];
    showTheme(next);
    keepTheme(next);
    label();
  });
});
