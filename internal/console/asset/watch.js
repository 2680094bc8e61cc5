// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

const every = 3_000;

// An open record says that it changed; it never changes under the reader's eyes. A page that nobody looks at does not ask.
export function startWatch() {
  const record = document.querySelector("[data-record]");
  const changed = document.querySelector("[data-changed]");
  if (!record || !changed) return;
  const address = `/records/${encodeURIComponent(record.dataset.record)}/version`;
  const seen = Number(record.dataset.version);
  const look = async () => {
    if (document.visibilityState === "visible") {
      const response = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
      if (response && !response.ok) return; // signed out, or gone: the next page says so
      if (response && (await response.json()).version !== seen) {
        changed.hidden = false;
        return;
      }
    }
    setTimeout(look, every);
  };
  setTimeout(look, every);
}
