// Asking the server: with the form token (its cookie is closed to scripts) and one shape for refusals.

/** @returns {string} the token every changing request carries */
export function formToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** What the server says when it refuses, or what to say in its place. */
export async function refusalOf(response) {
  try {
    return (await response.json()).message;
  } catch {
    return `The server answered with ${response.status}.`;
  }
}

/** Whether the session ended meanwhile: the server then leads to sign-in instead of answering. */
export function isSignedOut(response) {
  return response.status === 401 || (response.redirected && response.url.includes("/accounts/"));
}
