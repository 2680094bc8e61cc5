// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// What a page gains where scripts run. Everything but passkeys works without.

import { startClocks } from "./clock.js";
import { startDialogs } from "./dialog.js";
import { startKeys } from "./keys.js";
import { startMedia } from "./media.js";
import { startPalette } from "./palette.js";
import { startPasskeys } from "./passkey.js";
import { startRefresh } from "./refresh.js";
import { startWatch } from "./watch.js";
import { tellZone } from "./zone.js";

tellZone();
startClocks();
startPasskeys();
startWatch();
startDialogs();
startPalette();
startKeys();
startMedia();
startRefresh();

for (const field of document.querySelectorAll("[data-select]")) {
  field.addEventListener("focus", () => field.select());
}

// After a form came back with a problem, or was reviewed, reading starts there.
document.querySelector(".summary")?.setAttribute("tabindex", "-1");
document.querySelector(".summary")?.focus();
