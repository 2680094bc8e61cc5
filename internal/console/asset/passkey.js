// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// A form that a passkey answers: begin asks the node what to sign, the browser asks the person, finish hands the answer
// back. What is signed and for whom is decided by the node alone.
export function startPasskeys() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("button[type=submit]").disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(form);
    });
  }
}

async function answer(form) {
  const trouble = form.querySelector("[data-trouble]");
  const button = form.querySelector("button[type=submit]");
  const fields = Object.fromEntries(new FormData(form));
  trouble.textContent = "";
  if (!window.PublicKeyCredential) {
    trouble.textContent = trouble.dataset.unsupported;
    return;
  }
  button.disabled = true;
  try {
    const options = await post(form.dataset.begin, fields);
    const credential = await ask(form.dataset.passkey, options.publicKey);
    const next = await post(form.dataset.finish, { ...fields, credential });
    if (next.secret) reveal(form, next.secret);
    else location.assign(next.location);
  } catch (error) {
    trouble.textContent = tell(error, trouble.dataset);
    button.disabled = false;
    button.focus();
  }
}

// A secret comes in an answer and nowhere else: it is shown in place of the form, until the page is left.
function reveal(form, secret) {
  const shown = document.getElementById(form.dataset.secret);
  const field = shown.querySelector("[data-select]");
  const copy = shown.querySelector("[data-copy]");
  const copied = shown.querySelector("[data-copied]");
  field.value = secret;
  form.hidden = true;
  shown.hidden = false;
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(secret);
      copied.textContent = copied.dataset.words;
    });
  }
  field.focus();
}

function tell(error, words) {
  if (error instanceof Refused) return error.message;
  if (error instanceof TypeError) return words.unreachable;
  if (error instanceof DOMException && error.name === "NotSupportedError") return words.unsupported;
  return words.cancelled;
}

class Refused extends Error {}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const answered = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answered.detail ?? response.statusText);
  return answered;
}

async function ask(kind, options) {
  if (kind === "create") {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: (options.excludeCredentials ?? []).map(descriptor),
    };
    return created(await navigator.credentials.create({ publicKey }));
  }
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map(descriptor),
  };
  return asserted(await navigator.credentials.get({ publicKey }));
}

const descriptor = (d) => ({ ...d, id: bytes(d.id) });

function created(credential) {
  return {
    ...common(credential),
    response: {
      clientDataJSON: text(credential.response.clientDataJSON),
      attestationObject: text(credential.response.attestationObject),
      transports: credential.response.getTransports?.() ?? [],
    },
  };
}

function asserted(credential) {
  const { response } = credential;
  return {
    ...common(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : undefined,
    },
  };
}

function common(credential) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
  };
}

function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
