// Passkeys: asks the browser to make one or to answer with one (WebAuthn), and sends what it says with the form. The form token travels with it.

const form = document.querySelector("[data-passkey]");
const wrong = form.querySelector("[role=alert]");
const ceremony = globalThis.webauthnJSON;

const WORDS = {
  NotAllowedError: "No passkey was used. Try again, and touch the key or confirm on the device when it asks.",
  InvalidStateError: "This passkey is one of yours already.",
  SecurityError: "Passkeys work only under the address that your administrator set up, with https.",
};

async function options() {
  const address = form.dataset.optionsFrom;
  if (!address) return JSON.parse(document.getElementById("passkey-options").textContent);
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The server answered with ${response.status}.`);
  return (await response.json()).request_options;
}

async function run() {
  wrong.hidden = true;
  try {
    const asked = await options();
    const answer = form.dataset.passkey === "make" ? await ceremony.create(asked) : await ceremony.get(asked);
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    wrong.textContent = WORDS[error.name] ?? error.message;
    wrong.hidden = false;
  }
}

if (ceremony?.supported()) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
} else {
  wrong.textContent = "This browser knows no passkeys.";
  wrong.hidden = false;
  form.querySelector("button").disabled = true;
}
