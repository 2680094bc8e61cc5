// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// The node writes times in the reader's own zone once the browser has told it which one that is.
export function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || !/^[A-Za-z][A-Za-z0-9_+/-]{0,62}$/.test(zone)) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `tocsin_zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
