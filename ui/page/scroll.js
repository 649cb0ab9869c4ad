// The question stands at the top while its answer grows under it, and again when a page is opened with a kept
// conversation: one reads from there. Whoever scrolls or goes into the chat is left alone. Gradio would follow
// the end of the answer.
const SETTLES = 800; // milliseconds in which what belongs to a finished answer is drawn
let follows = true;
let drawn = false;
let settling;

function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => (follows = false), SETTLES);
}

function align() {
  drawn = false;
  const chat = document.querySelector("#chat .bubble-wrap");
  const question = [...(chat?.querySelectorAll(".user-row") ?? [])].at(-1);
  if (!follows || !question) return;
  chat.scrollTop += question.getBoundingClientRect().top - chat.getBoundingClientRect().top;
  if (document.querySelector("#stop")?.disabled && !settling) settle();
}

new MutationObserver((changes) => {
  for (const { type, target } of changes) {
    if (type !== "attributes" || target.id !== "stop") continue;
    clearTimeout(settling);
    if (target.disabled) settle();
    else follows = true;
  }
  if (!follows || drawn) return;
  drawn = true;
  requestAnimationFrame(align);
}).observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["disabled"] });

for (const moved of ["wheel", "touchmove", "pointerdown", "keydown", "focusin"]) {
  document.addEventListener(moved, (event) => {
    if (event.target.closest?.("#chat")) follows = false;
  }, { passive: true });
}
