// What is pressed in the list of papers or on the map goes to the server: the id of the paper is written into an
// unseen box of Gradio's and an unseen button beside it is pressed, for Gradio has no events for buttons inside
// its Markdown. Arrow keys go through the list, and the focus follows to the tab or page that opens.
function tell(id, button) {
  const box = document.querySelector("#paper-wanted textarea");
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, id);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector(button).click();
}

// Run `act` with an element, or that of a selector, once it can be seen; give up after three seconds.
function whenSeen(place, act, until = performance.now() + 3000) {
  const found = place instanceof Element ? place : document.querySelector(place);
  if (found?.checkVisibility() && !found.disabled) act(found);
  else if (performance.now() < until) setTimeout(() => whenSeen(place, act, until), 40);
}

let opener = null;

function open(from, id) {
  opener = from;
  tell(id, "#paper-open");
  document.querySelector("#paper-page")?.scrollTo(0, 0);
  for (const row of document.querySelectorAll(".paper-row[aria-current]")) row.removeAttribute("aria-current");
  if (from.matches(".paper-row")) from.setAttribute("aria-current", "true");
  if (from.matches(".paper-row") && matchMedia("(min-width: 800px)").matches) return; // the list stays beside it
  whenSeen("#paper-close", (button) => {
    button.focus({ preventScroll: true });
    document.querySelector("#library-tab").scrollTop = 0;
  });
}

function back() {
  if (!opener?.isConnected) return;
  if (!opener.matches(".paper-row")) document.querySelector("#view-map-button").click();
  whenSeen(opener, (from) => from.focus());
}

document.addEventListener("paper-opened", (event) => open(event.target, event.detail));
document.addEventListener("paper-picked", (event) => tell(event.detail, "#paper-pick"));

document.addEventListener("click", (event) => {
  const row = event.target.closest?.(".paper-row");
  if (row) open(row, row.value);
  if (event.target.closest?.("#paper-ask")) whenSeen("#ask textarea", (box) => box.focus());
  if (event.target.closest?.("#paper-close")) back();
  if (event.target.closest?.("#paper-remove")) whenSeen("#paper-sure-no", (button) => button.focus());
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest?.(".paper-row");
  if (!step || !row) return;
  const rows = [...document.querySelectorAll(".paper-row")];
  rows[rows.indexOf(row) + step]?.focus();
  event.preventDefault();
});
