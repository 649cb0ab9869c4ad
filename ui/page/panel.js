// A paper opens beside the page, with its abstract and the quotes marked in it: from a citation mark (a.cite),
// or from a button (button.opens) that stands in a reference or has the id of one among its classes. The panel
// is filled with a copy of that reference, so nothing is unescaped. Gradio has no such panel that a link inside
// a message could open. On a narrow screen it lies over the page and keeps the focus.
const { referenceOf, copiesOf } = window.references;
const panel = document.createElement("dialog");
panel.id = "paper-panel";
panel.setAttribute("aria-labelledby", "paper-title");
panel.innerHTML =
  '<header><h2 id="paper-title"></h2><button class="close" aria-label="Close">✕</button></header>' +
  '<div class="paper" tabindex="0" role="region" aria-label="Abstract"></div>';
const [title, button, paper] = ["h2", "button", ".paper"].map((part) => panel.querySelector(part));
const narrow = matchMedia("(max-width: 900px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let opener = null;

function open(from) {
  const found = referenceOf(from);
  if (!found) return;
  opener = from;
  title.replaceChildren(...copiesOf(found.card.querySelector(".opens")));
  found.place.classList.add("sought");
  paper.replaceChildren(...copiesOf(found.card));
  found.place.classList.remove("sought");
  for (const known of paper.querySelectorAll(":scope > .title, :scope > blockquote")) known.remove();
  const abstract = paper.querySelector(".abstract");
  if (!abstract.textContent.trim()) abstract.textContent = "The library holds no abstract of this paper.";
  if (!panel.isConnected) document.body.append(panel);
  if (!panel.open) show();
  button.focus({ preventScroll: true });
  const words = paper.querySelector(".sought") ?? paper.querySelector("mark");
  paper.scrollTop = words ? words.offsetTop - paper.clientHeight / 3 : 0;
  if (!narrow.matches) opener.scrollIntoView({ block: "nearest" });
}

function show() {
  narrow.matches ? panel.showModal() : panel.show();
  panel.classList.toggle("sheet", narrow.matches);
  document.body.classList.toggle("beside", !narrow.matches);
  const from = { opacity: 0, transform: narrow.matches ? "translateY(40px)" : "translateX(24px)" };
  if (!calm.matches) panel.animate([from, {}], { duration: 180, easing: "ease-out" });
}

function close() {
  const inside = panel.contains(document.activeElement);
  window.references.returning = true;
  panel.close(); // gives the focus back to where it was
  document.body.classList.remove("beside");
  // An answer that grew meanwhile was drawn anew, with the same marks.
  const again = opener.isConnected ? opener : document.querySelector(`a.cite[href="${opener.getAttribute("href")}"]`);
  if (inside) (again ?? document.querySelector("#ask textarea"))?.focus();
  window.references.returning = false;
}

document.addEventListener("click", (event) => {
  const from = event.target.closest?.("a.cite, button.opens");
  if (from) {
    event.preventDefault();
    open(from);
  } else if (event.target === panel || event.target === button) {
    close();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !panel.open || event.defaultPrevented) return;
  event.preventDefault();
  close();
});
narrow.addEventListener("change", () => {
  if (!panel.open) return;
  panel.close();
  show();
});
panel.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});
