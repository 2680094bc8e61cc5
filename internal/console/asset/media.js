// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Nothing of a medium is asked for before a person presses a button that says so. It then shows as she prefers; clear
// only while she holds Space or has pressed the second button. Passing over it with a pointer does nothing. Without
// script the same buttons send a form, and the page comes back with what was asked for.
export function startMedia() {
  for (const figure of document.querySelectorAll("[data-media]")) wire(figure);
  for (const sights of document.querySelectorAll("[data-sights]")) {
    sights.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("[data-see]");
      if (!button) return;
      event.preventDefault();
      see(sights, button.dataset.see, button.closest("[data-media]"));
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.defaultPrevented || typed(event)) return;
    const figure = current();
    if (!figure || document.querySelector("[data-off]")) return;
    event.preventDefault();
    clear(figure, true);
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") for (const figure of held()) clear(figure, false);
  });
  // Whoever looks away has let go.
  window.addEventListener("blur", () => held().forEach((figure) => clear(figure, false)));
}

// see asks the node for the addresses of what a button names, each good once, and shows them in their places.
async function see(sights, pick, pressed) {
  if (sights.dataset.busy) return;
  sights.dataset.busy = "yes";
  const places = pressed ? [pressed] : [...sights.querySelectorAll("[data-media]")];
  for (const figure of places) say(figure, sights.dataset.wait);
  try {
    const response = await fetch(sights.dataset.ask, {
      method: "POST", body: new URLSearchParams({ see: pick }), headers: { Accept: "application/json" }, redirect: "error",
    });
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    for (const view of answer.views) show(sights, view, answer.seen, pressed !== null);
  } catch {
    for (const figure of places) complain(figure, sights.dataset.failed);
  } finally {
    delete sights.dataset.busy;
  }
}

const say = (figure, text) => { figure.querySelector("[data-says]").textContent = text; };

function complain(figure, text) {
  const place = figure.querySelector("[data-problem]");
  place.textContent = text;
  place.hidden = false;
  say(figure, text);
}

const typed = (event) =>
  event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]") ||
  (event.target instanceof Element && event.target.closest("input, textarea, select, a[href], button, summary, video, audio"));

const held = () => [...document.querySelectorAll("[data-media].held")];

// Space belongs to the medium that has the focus, or to the only one that is shown.
function current() {
  const inside = document.activeElement?.closest?.("[data-media]");
  const shown = [...document.querySelectorAll("[data-media][data-shown]")];
  return shown.includes(inside) ? inside : shown.length === 1 ? shown[0] : null;
}

function clear(figure, on) {
  figure.classList.toggle("held", on);
}

function show(sights, view, seen, alone) {
  const figure = sights.querySelector(`[data-file="${Number(view.file)}"]`);
  if (!figure) return;
  if (!view.address) {
    complain(figure, view.problem);
    return;
  }
  const image = document.createElement("img");
  image.alt = view.alt || figure.dataset.alt;
  image.addEventListener("error", () => complain(figure, sights.dataset.failed));
  image.addEventListener("load", () => { sights.querySelector("[data-seen]").textContent = seen; });
  image.src = view.address;
  figure.querySelector("[data-problem]").hidden = true;
  figure.querySelector("[data-place]").replaceChildren(image);
  figure.toggleAttribute("data-shown", true);
  say(figure, figure.dataset.now);
  wire(figure);
  if (!alone) return;
  figure.tabIndex = -1;
  figure.focus(); // not a button: the key that showed it must not also press what comes next
}

function wire(figure) {
  const button = figure.querySelector("[data-clear]");
  if (!button || !figure.hasAttribute("data-shown") || !button.hidden) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = figure.classList.toggle("clear");
    button.setAttribute("aria-pressed", String(on));
  });
  figure.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    figure.classList.remove("clear");
    button.setAttribute("aria-pressed", "false");
  });
}
