// A citation mark shows its quotes in a card when it is pointed at or has the focus. The card is a copy of
// what stands in the reference, so nothing is asked of the server and nothing is unescaped. Gradio has no
// events for links inside a message, so listeners on the page do it.

// The reference that a mark or a button leads to: by its address, by a class that is an id, or the one it is in.
function referenceOf(opener) {
  const names = opener.matches("a") ? [opener.getAttribute("href").slice(1)] : [...opener.classList];
  const places = [...names.map((name) => document.getElementById(name)), opener];
  const place = places.find((found) => found?.closest(".ref"));
  return place ? { place: place === opener ? place.closest(".ref") : place, card: place.closest(".ref") } : null;
}

// Copies of what an element holds, without the ids, which are the page's own.
function copiesOf(element) {
  const copy = element.cloneNode(true);
  for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
  return [...copy.childNodes];
}

window.references = { referenceOf, copiesOf, returning: false }; // returning: from the panel, just now

const edge = 12;
const gap = 6;
const card = document.createElement("div");
card.id = "quote-card";
card.setAttribute("role", "tooltip");
card.hidden = true;
let mark = null;
let timer = 0;

function place() {
  if (!mark?.isConnected) return hide();
  const at = mark.getBoundingClientRect();
  const above = at.top - gap - edge;
  const below = innerHeight - at.bottom - gap - edge;
  card.style.maxHeight = "";
  const upwards = card.offsetHeight <= above || above > below;
  card.style.maxHeight = `${upwards ? above : below}px`;
  const left = Math.min(at.left + at.width / 2 - card.offsetWidth / 2, innerWidth - card.offsetWidth - edge);
  card.style.left = `${Math.max(edge, left)}px`;
  card.style.top = `${upwards ? at.top - gap - card.offsetHeight : at.bottom + gap}px`;
}

function show(next) {
  clearTimeout(timer);
  const found = referenceOf(next);
  if (!found || next === mark) return;
  hide();
  const title = document.createElement("p");
  title.className = "title";
  title.append(...copiesOf(found.card.querySelector(".opens")));
  const quoted = found.place === found.card ? [...found.card.querySelectorAll("blockquote")] : [found.place];
  const quotes = quoted.map((words) => {
    const quote = document.createElement("blockquote");
    quote.append(...copiesOf(words));
    return quote;
  });
  card.replaceChildren(title, ...quotes);
  document.body.append(card);
  card.hidden = false;
  mark = next;
  mark.setAttribute("aria-describedby", card.id);
  place();
}

function hide() {
  mark?.removeAttribute("aria-describedby");
  mark = null;
  card.hidden = true;
}

function soon(act, wait) {
  clearTimeout(timer);
  timer = setTimeout(act, wait);
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const pointed = event.target.closest?.("a.cite");
  if (pointed) soon(() => show(pointed), 90);
  else if (card.contains(event.target)) clearTimeout(timer);
  else if (mark !== document.activeElement) soon(hide, 160);
});
document.addEventListener("focusin", (event) => {
  if (!window.references.returning && event.target.matches("a.cite:focus-visible")) show(event.target);
});
document.addEventListener("focusout", hide);
document.addEventListener("scroll", () => mark && place(), true);
document.addEventListener("click", (event) => {
  clearTimeout(timer);
  if (!card.contains(event.target)) hide();
});
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || card.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    hide();
  },
  true,
);
