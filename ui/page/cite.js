// A citation mark leads to its reference: the card is scrolled to, its abstract opens, and it is shown
// for a moment. Gradio has no event for links inside a message, so one listener on the page does it.
document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("a.cite");
  if (!mark) return;
  event.preventDefault();
  const card = document.getElementById(mark.getAttribute("href").slice(1));
  if (!card) return;
  card.querySelector("details").open = true;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
  card.classList.add("shown");
  setTimeout(() => card.classList.remove("shown"), 1600);
});
