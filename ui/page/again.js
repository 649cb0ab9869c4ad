// A question that stands in an answer goes into the box when it is clicked, to be edited and asked: what was
// searched for, and what could be asked instead. Gradio has no events for buttons inside a message.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.again");
  const box = document.querySelector("#ask textarea");
  if (!button || !box || box.disabled) return;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, button.innerText);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});
