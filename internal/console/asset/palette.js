// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// The palette offers what this page can do and where one can go from it: nothing that is not on the page too. It is a
// combobox: the focus stays in the field, arrows move through the list, Enter does what is chosen.
export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const count = dialog.querySelector("[data-count]");
  let commands = [];
  let shown = [];
  let at = 0;

  const choose = (n) => {
    at = n;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    const option = list.children[at];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };
  const filter = () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    shown = commands.filter((c) => words.every((w) => c.found.includes(w)));
    list.replaceChildren(...shown.map((c, i) => option(c, i)));
    count.textContent = shown.length === 0 ? count.dataset.none : "";
    choose(0);
  };
  const run = (n) => {
    const command = shown[n];
    if (!command) return;
    dialog.close();
    command.element.focus();
    command.element.click();
  };
  dialog.addEventListener("opens", () => {
    commands = collect(list.dataset);
    input.value = "";
    filter();
  });
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    const last = shown.length - 1;
    const to = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last }[event.key];
    if (event.key === "Enter") run(at);
    else if (to !== undefined && shown.length > 0) choose(to);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) run([...list.children].indexOf(chosen));
  });
}

function option(command, i) {
  const item = document.createElement("li");
  item.id = `palette-${i}`;
  item.setAttribute("role", "option");
  const name = document.createElement("bdi");
  name.textContent = command.name;
  const kind = document.createElement("span");
  kind.className = "quiet";
  kind.textContent = command.kind;
  item.append(name, kind);
  return item;
}

// What stands in the page: actions first, in the order of their digits, then the parts of the console.
function collect(words) {
  const here = document.querySelectorAll("main [data-action], main [data-command], .notice [data-undo] button");
  const pages = document.querySelectorAll("[data-page]:not([aria-current=page])");
  const read = (kind) => (element) => {
    const name = nameOf(element);
    return { element, name, kind, found: fold(name) };
  };
  return [...[...here].map(read(words.here)), ...[...pages].map(read(words.page))].filter(
    (c) => c.name && !c.element.disabled && c.element.checkVisibility(),
  );
}

function nameOf(element) {
  const copy = element.cloneNode(true);
  for (const silent of copy.querySelectorAll("[aria-hidden=true]")) silent.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
