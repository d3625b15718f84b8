// Parts of pages that our own server made: fetched, shown, and their forms sent without leaving the page.
const HEADERS = { "X-Fragment": "1" };

/** Elements of a part of a page; the server has written every name in it as text. */
export function parsed(html) {
  const found = new DOMParser().parseFromString(html, "text/html").body.childNodes;
  return [...found].map((node) => document.importNode(node, true));
}

/** The same text with the ages left out, which count up by themselves. */
export const withoutAges = (html) => html.replace(/(<time[^>]*>)[^<]*/g, "$1");

/** {html} of an address, or {refused: status}; throws when nobody answers. A lost session is status 401. */
export async function fetchPart(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: HEADERS, redirect: "manual" });
  if (answer.type === "opaqueredirect") return { refused: 401 };
  // 400 and 409 are the part itself, with the sentence that says what stands against it.
  return answer.ok || answer.status === 400 || answer.status === 409 ? { html: await answer.text() } : { refused: answer.status };
}

/** Send a form of a part as the browser would; gives what `fetchPart` gives. */
export function sendForm(form, button) {
  const data = new FormData(form, button);
  if (form.method === "get") return fetchPart(`${form.action}?${new URLSearchParams(data)}`);
  return fetchPart(form.action, { method: "POST", body: data });
}
