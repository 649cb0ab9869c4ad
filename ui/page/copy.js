// What is copied or downloaded: the texts that stand beside buttons, unseen, and answers that were selected by
// hand, which go to the clipboard as they were written: formulas as their source, marks as [n]. Gradio has no
// events for buttons inside a message, so one listener on the page does it.
const endings = { markdown: "md", csv: "csv", latex: "tex", bibtex: "bib", ris: "ris", csl: "json" };
const said = document.createElement("div");
said.className = "unseen";
said.setAttribute("role", "status");

// Browsers give the clipboard only to pages that came over https or from this machine, and to frames only if the
// page around them allows it; others must select.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelected(text);
  }
}

function copySelected(text) {
  const focused = document.activeElement;
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  focused?.focus({ preventScroll: true });
  if (!copied) throw new Error("The browser does not let this page copy.");
}

function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function take(button) {
  const format = Object.keys(endings).find((name) => button.classList.contains(name));
  const text = button.closest(".taking").querySelector(`.words.${format}`).textContent;
  const copies = button.classList.contains("copy");
  if (copies) await copy(text);
  else download(text, `paperchat-table.${endings[format]}`);
  button.classList.add("done", copies ? "copied" : "saved");
  document.body.append(said);
  said.textContent = copies ? "Copied" : "Saved";
  setTimeout(() => {
    button.classList.remove("done", "copied", "saved");
    said.textContent = "";
  }, 1400);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.take");
  if (button) take(button);
});

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const part = range.cloneContents();
  if (!part.querySelector(".source, a.cite")) return;
  const around = range.commonAncestorContainer;
  const opened = document.getElementById("paper-panel")?.contains(around);
  const unseen = `math, .unseen, .words, .waiting${opened ? "" : ", .abstract"}`;
  for (const element of part.querySelectorAll(unseen)) element.remove();
  for (const source of part.querySelectorAll(".source")) source.classList.remove("source");
  for (const mark of part.querySelectorAll("a.cite")) mark.textContent = ` [${mark.textContent}]`;
  const page = document.createElement("div");
  page.append(part);
  document.body.append(page);
  event.clipboardData.setData("text/plain", page.innerText.trim());
  page.remove();
  event.preventDefault();
});
