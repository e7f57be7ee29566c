// Passkeys: hands the browser the portal's question, and sends its answer with the form. Without this file the
// buttons stay hidden, and codes and passwords do the same.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

// A question with a user asks for a new passkey; one without asks for one that exists.
async function ask(question) {
  const publicKey = { ...question, challenge: bytes(question.challenge) };
  if (question.user) {
    publicKey.user = { ...question.user, id: bytes(question.user.id) };
    publicKey.excludeCredentials = withBytes(question.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = withBytes(question.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

for (const place of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  place.hidden = false;
  const button = place.querySelector("button");
  const message = place.querySelector("[role=status]");
  const form = place.closest("form");
  button.addEventListener("click", async (event) => {
    event.preventDefault(); // the form is sent below, with the answer
    if (!form.checkValidity()) {
      form.requestSubmit(); // a name is missing: the page says so before a key is made
      return;
    }
    button.disabled = true;
    message.textContent = "";
    try {
      const credential = await ask(JSON.parse(place.dataset.passkey));
      form.elements.credential.value = written(credential);
      form.requestSubmit();
    } catch {
      message.textContent = place.dataset.failed;
    }
    button.disabled = false;
  });
}

for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.addEventListener("click", () => print());
}
