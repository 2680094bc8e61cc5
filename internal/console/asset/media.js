// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Nothing of a medium is asked for before a person presses a button that says so. It then shows as she prefers; clear
// only while she holds Space or has pressed the second button. Passing over it with a pointer does nothing.
export function startMedia() {
  for (const figure of document.querySelectorAll("[data-media]")) {
    const link = figure.querySelector("[data-reveal]");
    if (link) offer(figure, link);
    wire(figure);
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

// Without script the link asks for the page with the medium shown; with it, a button shows the medium in its place.
function offer(figure, link) {
  const ask = document.createElement("button");
  ask.type = "button";
  ask.dataset.command = "";
  ask.append(...link.childNodes);
  ask.addEventListener("click", () => show(figure, ask));
  link.replaceWith(ask);
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

function show(figure, ask) {
  const { src, kind, alt } = figure.dataset;
  const medium = document.createElement(kind === "image" ? "img" : kind);
  if (kind === "image") {
    medium.alt = alt;
  } else {
    medium.controls = true;
    medium.preload = "metadata";
    medium.muted = figure.hasAttribute("data-mute");
    medium.setAttribute("aria-label", alt);
    if (kind === "video") medium.playsInline = true;
  }
  medium.addEventListener("error", () => {
    figure.querySelector("[data-says]").textContent = figure.dataset.failed;
  });
  medium.src = src;
  figure.querySelector("[data-place]").replaceChildren(medium);
  figure.toggleAttribute("data-shown", true);
  figure.querySelector("[data-says]").textContent = figure.dataset.now;
  ask.hidden = true;
  wire(figure);
  figure.tabIndex = -1;
  figure.focus(); // not a button: the key that showed it must not also press what comes next
}

function wire(figure) {
  const button = figure.querySelector("[data-clear]");
  if (!button || !figure.hasAttribute("data-shown")) return;
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
