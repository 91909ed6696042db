// What the desk does beyond plain pages: ages that tick, news without reloading, keys, counters.
// Everything works without it, too.
"use strict";

const ahead = Number(document.body.dataset.now) - Date.now();

function age(ms) {
  const s = Math.max(ms, 0) / 1000;
  if (s < 60) return "now";
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86400)} d`;
}

function tick() {
  const now = Date.now() + ahead;
  for (const el of document.querySelectorAll("time[data-at]")) el.textContent = age(now - Number(el.dataset.at));
  for (const el of document.querySelectorAll("[data-due]")) {
    const left = Number(el.dataset.due) - now;
    el.classList.toggle("late", left <= 0);
    el.textContent = left <= 0 ? "claim overdue" : `claim within ${age(left)}`;
  }
}
setInterval(tick, 15000);

// ---------------------------------------------------------------- news

const panes = document.querySelector("[data-events]");
if (panes) {
  let source = null;
  const later = {};
  const asked = {};
  const tell = (name) => {
    if (later[name]) return; // many changes at once are one question, and not all desks ask at the same moment
    const rest = (asked[name] || 0) + 2000 - Date.now();
    later[name] = setTimeout(() => {
      delete later[name];
      if (isBusy(name)) { tell(name); return; }
      asked[name] = Date.now();
      htmx.trigger(document.body, `desk-${name}`);
    }, Math.max(rest, 0) + 100 + Math.random() * 400);
  };
  // What somebody is typing in or has opened is not taken from under their hands.
  const isBusy = (name) => {
    if (name !== "story") return false;
    const story = document.getElementById("story");
    const at = document.activeElement;
    return Boolean(story && at && story.contains(at) && /^(INPUT|TEXTAREA)$/.test(at.tagName));
  };
  const listen = () => {
    source = new EventSource(panes.dataset.events);
    // Between the page and this, and while a connection was lost, something may have happened.
    source.addEventListener("open", () => { tell("list"); tell("story"); });
    source.addEventListener("list", () => tell("list"));
    source.addEventListener("story", () => tell("story"));
  };
  listen();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source.close(); return; }
    listen();
  });
}

let focused = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  const item = document.activeElement && document.activeElement.closest(".item");
  focused = event.target.id === "list" && item ? item.dataset.item : "";
  openDetails = event.target.id === "story"
    ? [...event.target.querySelectorAll("details")].map((one) => one.open) : [];
  hadPosts = document.querySelectorAll(".post.theirs").length;
});
let openDetails = [];
let hadPosts = 0;
document.addEventListener("htmx:afterSwap", (event) => {
  if (focused) {
    const item = document.querySelector(`.item[data-item="${CSS.escape(focused)}"] .row`);
    if (item) item.focus();
  }
  if (event.target.id === "story") {
    event.target.querySelectorAll("details").forEach((one, at) => { if (openDetails[at]) one.open = true; });
    if (document.querySelectorAll(".post.theirs").length > hadPosts) say("They wrote again.");
  }
  tick();
  count();
});

function say(words) {
  const live = document.getElementById("live");
  if (live) live.textContent = words;
}

// ---------------------------------------------------------------- words

// X's weighted count (twitter-text, configuration 3), near enough for a counter; the gate counts exactly.
const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];
const segments = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;
function weighted(text) {
  let sum = 0;
  const rest = text.normalize("NFC").trim().replace(/https?:\/\/\S+/g, () => { sum += 23; return ""; });
  const signs = segments ? [...segments.segment(rest)].map((one) => one.segment) : [...rest];
  for (const sign of signs) {
    if (/\p{Extended_Pictographic}/u.test(sign)) { sum += 2; continue; }
    for (const point of sign) {
      const code = point.codePointAt(0);
      sum += LIGHT.some(([from, to]) => code >= from && code <= to) ? 1 : 2;
    }
  }
  return sum;
}

function count() {
  for (const area of document.querySelectorAll("textarea[data-count]")) {
    const counter = area.form && area.form.querySelector(".counter");
    if (!counter) continue;
    const length = weighted(area.value);
    counter.textContent = `${length} of ${area.dataset.count}`;
    counter.classList.toggle("over", length > Number(area.dataset.count));
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-count]")) count();
  if (event.target.id === "text") onX(event.target.value);
});

function onX(text) {
  const link = document.getElementById("on-x");
  if (!link) return;
  const seen = document.querySelector('input[name="seen"]');
  const values = new URLSearchParams({ in_reply_to: seen ? seen.value : link.dataset.parent, text });
  link.href = `https://x.com/intent/post?${values}`;
}

// ---------------------------------------------------------------- clicks and keys

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-does]");
  if (!button) return;
  if (button.dataset.does === "help") document.getElementById("help").showModal();
  if (button.dataset.does === "suggest") {
    const text = document.getElementById("text");
    text.value = button.dataset.line;
    text.focus();
    onX(text.value);
    count();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.dataset.does === "submit") event.target.form.submit();
});
// A second click must not send a form twice; the server would not mind, but people wonder.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button) setTimeout(() => { button.disabled = true; }, 0);
});

function move(by) {
  const rows = [...document.querySelectorAll(".item .row[href]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const open = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const from = at >= 0 ? at : open >= 0 ? open : by > 0 ? -1 : rows.length;
  rows[Math.min(Math.max(from + by, 0), rows.length - 1)].focus();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  c: () => document.getElementById("claim")?.click(),
  r: () => document.getElementById("text")?.focus(),
  o: () => document.getElementById("on-x")?.click(),
  "/": () => document.getElementById("q")?.focus(),
  g: () => { location.href = "/"; },
  "?": () => document.getElementById("help")?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const does = KEYS[event.key];
  if (does) {
    event.preventDefault();
    does();
  }
});

tick();
count();
