// The list of an answer is sorted by a column when its head is clicked. Gradio has no events for buttons inside
// a message, so one listener on the page does it.
function sort(head) {
  const down = head.getAttribute("aria-sort") === "ascending";
  const body = head.closest("table").tBodies[0];
  const order = new Intl.Collator(undefined, { numeric: true });
  const words = (row) => row.cells[head.cellIndex].innerText;
  const rows = [...body.rows].sort((a, b) => order.compare(words(a), words(b)));
  body.append(...(down ? rows.reverse() : rows));
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.sort");
  if (button) sort(button.closest("th"));
});
