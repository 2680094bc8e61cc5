// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

const minute = 60_000;
const hour = 60 * minute;

// Announced once each, for who listens instead of looking: thirty, fifteen and five minutes, and the end.
const marks = [
  { at: 30 * minute, name: "say30" },
  { at: 15 * minute, name: "say15" },
  { at: 5 * minute, name: "say5" },
  { at: 0, name: "say0" },
];

export function startClocks() {
  for (const element of document.querySelectorAll("[data-clock]")) run(element);
}

// run counts by the node's clock: this machine's may be wrong.
function run(element) {
  const due = Date.parse(element.dataset.due);
  const ahead = Date.parse(element.dataset.now) - Date.now();
  const text = element.querySelector("[data-text]");
  const says = element.querySelector("[data-says]");
  let before = due - (Date.now() + ahead);
  const tick = () => {
    const left = due - (Date.now() + ahead);
    show(element, text, left);
    const mark = marks.findLast((m) => before > m.at && left <= m.at);
    if (mark) says.textContent = element.dataset[mark.name];
    before = left;
    // The next change of the last digit, whenever this tick came.
    setTimeout(tick, 20 + (((left % 1000) + 1000) % 1000));
  };
  tick();
}

function show(element, text, left) {
  const over = left < 0;
  element.classList.toggle("over", over);
  element.classList.toggle("soon", !over && left <= 15 * minute);
  element.classList.toggle("ahead", left > 15 * minute);
  if (Math.abs(left) >= 48 * hour) return; // the words of the page are exact enough
  const pattern = over ? element.dataset.over : element.dataset.left;
  const now = pattern.replace("@", digits(Math.floor(Math.abs(left) / 1000)));
  if (text.textContent !== now) text.textContent = now;
}

function digits(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
