// Registering a security key and having one answer: the browser's part between a form and the key.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));

async function register(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    },
  });
  return answer(made, {
    attestationObject: toText(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function ask(options) {
  const given = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: known(options.allowCredentials),
    },
  });
  return answer(given, {
    authenticatorData: toText(given.response.authenticatorData),
    signature: toText(given.response.signature),
    userHandle: given.response.userHandle ? toText(given.response.userHandle) : null,
  });
}

function answer(credential, more) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: toText(credential.response.clientDataJSON), ...more },
  };
}

async function run(button, status) {
  if (!globalThis.PublicKeyCredential) {
    status.textContent = status.dataset.missing;
    return;
  }
  const form = button.form;
  status.textContent = status.dataset.waiting;
  button.disabled = true;
  try {
    const options = JSON.parse(button.dataset.options);
    const found = await (button.dataset.securityKey === "create" ? register(options) : ask(options));
    form.elements.namedItem("answer").value = JSON.stringify(found);
    form.requestSubmit();
  } catch {
    status.textContent = status.dataset.failed;
    button.disabled = false;
  }
}

/** Let the button in `part` of a page ask the key. */
export function startSecurityKey(part) {
  const button = part.querySelector("[data-security-key]");
  button?.addEventListener("click", () => run(button, part.querySelector("[data-key-status]")));
}

startSecurityKey(document);
