// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

const every = 20_000;
const kept = "tocsin.refresh"; // "off" while the person has paused it, in this browser

// A list fetches itself anew and says so once, unless it is paused, nobody looks, or its reader is in it: then it only
// offers what is new. (WCAG 2.2, 2.2.2)
export function startRefresh() {
  const list = document.querySelector("[data-refresh]");
  const bar = document.querySelector("[data-refresh-bar]");
  if (!list || !bar) return;
  const button = bar.querySelector("[data-pause]");
  const says = bar.querySelector("[data-says]");
  const fresh = bar.querySelector("[data-fresh]");
  let paused = localStorage.getItem(kept) === "off";
  const tell = () => {
    button.setAttribute("aria-pressed", String(paused));
    bar.hidden = false;
  };
  button.addEventListener("click", () => {
    paused = !paused;
    localStorage.setItem(kept, paused ? "off" : "on");
    says.textContent = paused ? bar.dataset.paused : bar.dataset.running;
    tell();
  });
  tell();
  const look = async () => {
    if (!paused && document.visibilityState === "visible" && !document.querySelector("dialog[open]")) await renew(list, says, fresh, bar);
  };
  const again = () => look().finally(() => setTimeout(again, every));
  setTimeout(again, every);
  document.addEventListener("visibilitychange", look); // somebody came back to it
}

async function renew(list, says, fresh, bar) {
  const response = await fetch(location.href, { headers: { Accept: "text/html", "Tocsin-Refresh": "1" } }).catch(() => null);
  if (!response || !response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.querySelector("[data-refresh]");
  if (!next || marks(next) === marks(list)) return;
  if (list.contains(document.activeElement) || !getSelection().isCollapsed) {
    fresh.hidden = false;
    return;
  }
  list.replaceChildren(...next.childNodes);
  says.textContent = bar.dataset.renewed;
}

// What a list says, apart from how much time is left: that changes with every look.
const marks = (list) => [...list.querySelectorAll("[data-mark]")].map((row) => row.dataset.mark).join();
