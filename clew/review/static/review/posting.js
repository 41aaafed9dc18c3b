// Changes asked of the server: one shape for the question, one for what is refused.

import { formToken, isSignedOut, refusalOf } from "../clew/asking.js";

/** Send it; the answer as an object, or an error whose message is for the person at the screen. */
export async function post(address, fields = {}) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": formToken(), Accept: "application/json" },
      body: new URLSearchParams(fields),
    });
  } catch {
    throw new Error("The server does not answer. Nothing was done. Try again.");
  }
  if (isSignedOut(response)) throw new Error("Signed out. Reload the page.");
  if (!response.ok) throw new Error(await refusalOf(response));
  return response.json();
}
