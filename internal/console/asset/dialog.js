// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Dialogs of the page itself. The browser keeps the focus inside, gives it back, and closes them with Escape.
export function startDialogs() {
  for (const button of document.querySelectorAll("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", () => open(button.dataset.opens));
  }
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close(); // beside it
    });
  }
}

export const openDialog = () => document.querySelector("dialog[open]");

export function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || openDialog()) return false;
  dialog.dispatchEvent(new Event("opens"));
  dialog.showModal();
}
