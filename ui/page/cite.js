// A citation mark leads to its reference, and one in a table to its words in the abstract: what folds it
// opens, it is scrolled to and shown for a moment. Gradio has no event for links inside a message, so one
// listener on the page does it.
document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("a.cite");
  if (!mark) return;
  event.preventDefault();
  const place = document.getElementById(mark.getAttribute("href").slice(1));
  if (!place) return;
  const card = place.closest(".ref");
  for (let fold = card.querySelector("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  place.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
  for (const shown of new Set([place, card])) {
    shown.classList.add("shown");
    setTimeout(() => shown.classList.remove("shown"), 1600);
  }
});
