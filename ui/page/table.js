// What the tables of answers can do: be copied or downloaded as text, and lists be sorted by a column.
// Gradio has no events for buttons inside a message, so one listener on the page does it.
const endings = { markdown: "md", csv: "csv", latex: "tex" };

async function take(button) {
  const format = Object.keys(endings).find((name) => button.classList.contains(name));
  const text = button.parentElement.querySelector(`.words.${format}`).textContent;
  const copies = button.classList.contains("copy");
  if (copies) {
    await navigator.clipboard.writeText(text);
  } else {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = `paperchat-table.${endings[format]}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
  const label = button.textContent;
  button.textContent = copies ? "Copied" : "Saved";
  setTimeout(() => (button.textContent = label), 1200);
}

function sort(button) {
  const head = button.closest("th");
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
  const button = event.target.closest?.("button.take, button.sort");
  if (button) button.matches(".take") ? take(button) : sort(button);
});
