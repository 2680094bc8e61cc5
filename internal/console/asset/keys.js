// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

import { open, openDialog } from "./dialog.js";

// Single keys. The server says which key does what, in the help of the page: people change them, and switch them off.
// A key is left alone when it is typed into a field, held with another one, or while a dialog is open.
export function startKeys() {
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  const off = help.hasAttribute("data-off");
  const names = new Map();
  for (const row of help.querySelectorAll("[data-shortcut]")) names.set(row.dataset.key, row.dataset.shortcut);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (isPalette(event)) {
      event.preventDefault();
      if (!openDialog()) open("palette");
      return;
    }
    if (off || held(event) || openDialog() || writes(event.target)) return;
    const act = action(event, names);
    if (act && act(event) !== false) event.preventDefault();
  });
}

// The one combination; it needs no switch, because nobody speaks or types it by accident.
const isPalette = (event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && (event.key.toLowerCase() === "k" || event.code === "KeyK");

const held = (event) => event.ctrlKey || event.altKey || event.metaKey || event.getModifierState("AltGraph");

const writes = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=textbox]") !== null;

const presses = (target) => target instanceof Element && target.closest("a[href], button, summary") !== null;

function action(event, names) {
  if (event.key === "Enter") return presses(event.target) || event.repeat ? null : () => submit(event.shiftKey);
  const digit = digitOf(event);
  if (digit) return event.repeat ? null : () => press(`[data-action="${digit}"]`);
  switch (names.get(keyOf(event))) {
    case "next":
      return () => move(1);
    case "previous":
      return () => move(-1);
    case "search":
      return () => search();
    case "undo":
      return () => press("[data-undo] button");
    case "help":
      return () => open("shortcuts");
  }
  return null;
}

// A keyboard that writes another alphabet has its letters where a Latin one has them.
function keyOf(event) {
  if (/^[\x21-\x7e]$/.test(event.key) || event.key.length !== 1) return event.key.toLowerCase();
  if (event.key === "؟") return "?";
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key.toLowerCase();
}

// Digits by their place too: a French keyboard gives them with Shift only.
function digitOf(event) {
  const place = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (/^[1-9]$/.test(event.key)) return event.key;
  return place && !event.shiftKey && event.key.length === 1 && !/^[a-z/?]$/i.test(event.key) ? place[1] : null;
}

function press(selector) {
  const element = document.querySelector(selector);
  if (!element || element.disabled) return false;
  element.focus();
  element.click();
}

// The form that a page is about, and the button that also takes the next one.
function submit(next) {
  if (next) return press("form[data-main] button[data-next]");
  const form = document.querySelector("form[data-main]");
  const button = form?.querySelector("button[type=submit]:not([data-next])");
  if (!button || button.disabled) return false;
  button.click();
}

// Rows are moved through by their links, so that Enter opens one as ever and a screen reader says where it is.
function move(by) {
  const rows = [...document.querySelectorAll("[data-row] [data-open-row], [data-row] th a")];
  if (rows.length === 0) return false;
  const row = document.activeElement?.closest?.("[data-row]");
  const at = rows.findIndex((link) => row?.contains(link));
  const to = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[to].focus();
  rows[to].scrollIntoView({ block: "nearest" });
}

function search() {
  const field = document.querySelector("main [data-search]");
  if (field) {
    field.focus();
    field.select?.();
    return;
  }
  return press("[data-search-page]");
}
