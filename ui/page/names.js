// Gradio's example questions say that they are a list, and hold buttons, which no list may: screen readers
// then count no entries. They are drawn anew with each new chat, so they are put right whenever the page changes.
const rightly = [[".examples[role=list]", { role: "group", "aria-label": "Example questions" }]];

function name() {
  for (const [place, says] of rightly)
    for (const found of document.querySelectorAll(place))
      for (const [attribute, value] of Object.entries(says)) found.setAttribute(attribute, value);
}

let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    name();
  });
}).observe(document.documentElement, { childList: true, subtree: true });
