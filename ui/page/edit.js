// Editing a question: Gradio offers the message as it is drawn, with its signs escaped; here it becomes the words
// that were typed. Enter asks them, Escape leaves them as they were. Gradio has no setting for either.
const words = (markup) => new DOMParser().parseFromString(markup, "text/html").body.textContent;

new MutationObserver((changes) => {
  for (const added of changes.flatMap((change) => [...change.addedNodes])) {
    const box = added.matches?.("textarea.edit-textarea") ? added : added.querySelector?.("textarea.edit-textarea");
    if (!box || !box.value.includes("class=\"question\"")) continue;
    box.value = words(box.value);
    box.setAttribute("aria-label", "Question");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.select();
  }
}).observe(document, { childList: true, subtree: true });

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("textarea.edit-textarea") || event.shiftKey || event.isComposing) return;
  const place = { Enter: 0, Escape: 1 }[event.key];
  if (place === undefined) return;
  event.preventDefault();
  const row = event.target.closest(".message-row");
  row.nextElementSibling?.querySelectorAll("button")[place]?.click();
});
