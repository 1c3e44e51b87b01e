// What pages do beyond what HTML does: they show what is new by themselves, and
// send a form once. Nothing depends on it.
"use strict";

// A second click while the first is under way sends nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// While lines are written, the server says what they come to: a short while
// after the last key, the newest question alone.
for (const form of document.querySelectorAll("form[data-compute]")) {
  let waiting, asked = 0;
  const compute = async () => {
    const turn = ++asked, body = new URLSearchParams(new FormData(form));
    body.set("compute", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected || turn !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of form.querySelectorAll("[data-computed]")) {
        const fresh = page.querySelector(`[data-computed="${old.dataset.computed}"]`);
        if (fresh) old.replaceChildren(...fresh.childNodes);
      }
      for (const old of form.querySelectorAll(".editlines [name]")) {
        const fresh = page.getElementsByName(old.name)[0];
        if (!fresh) continue;
        if (old.placeholder !== fresh.placeholder && !old.closest(".charge")) old.placeholder = fresh.placeholder ?? "";
        if (old.options?.length && fresh.options?.length) old.options[0].text = fresh.options[0].text;
      }
    } catch {
      // The button computes too.
    }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(compute, 400); });
}

// "/" goes to the search, as elsewhere.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("input[type=search]");
  if (event.key !== "/" || !search || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
});

// A key presses the button that names it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const button = /^[a-z]$/.test(event.key) && document.querySelector(`.actions [aria-keyshortcuts="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
  button.parentElement.querySelector("select, input:not([type=hidden])")?.focus();
});

// The stream of events tells that something happened; the page then fetches
// itself and takes over its live parts.
const { events, seen } = document.body.dataset;
if (events) {
  let shown = seen, wanted = seen, busy = false;

  const takeOver = (page) => {
    for (const old of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${old.dataset.live}"]`);
      if (!fresh || fresh.innerHTML === old.innerHTML) continue;
      const known = new Set([...old.querySelectorAll("a")].map((a) => a.href));
      const focus = old.contains(document.activeElement) ? document.activeElement.href : null;
      old.replaceChildren(...fresh.childNodes);
      for (const a of old.querySelectorAll("a.card, a.row")) if (!known.has(a.href)) a.classList.add("fresh");
      if (focus) [...old.querySelectorAll("a")].find((a) => a.href === focus)?.focus();
    }
  };

  const refresh = async () => {
    if (busy) return;
    busy = true;
    try {
      while (shown !== wanted) {
        const now = wanted;
        const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) break;
        takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
        shown = now;
      }
    } catch {
      // The stream comes back by itself, and with it the newest state.
    }
    busy = false;
  };

  let stream;
  const listen = () => {
    stream = new EventSource(events);
    stream.addEventListener("change", (event) => { wanted = event.data; refresh(); });
  };
  listen();
  // A page in the background gives its place back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stream.close();
    else if (stream.readyState === EventSource.CLOSED) listen();
  });
  addEventListener("pagehide", () => stream.close());
}
