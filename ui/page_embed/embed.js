// The chat in a frame talks with the page around it (widget.js): it says hello and how high it would be, and
// takes colours. It listens to nobody but that page, and only where the server lists its origin. It stands
// before everything else, because a browser that keeps nothing for frames throws where Gradio looks into its
// storage: then what is kept lasts as long as the frame.
(() => {
  try {
    localStorage.length;
  } catch {
    const kept = new Map();
    const storage = {
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, value) => void kept.set(String(key), String(value)),
      removeItem: (key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
      key: (place) => [...kept.keys()][place] ?? null,
      get length() {
        return kept.size;
      },
    };
    for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, { value: storage, configurable: true });
  }

  if (window.parent === window) return;
  const listed = document.querySelector('meta[name="paperchat-origins"]')?.content.split(" ") ?? [];
  const trusted = new Set([location.origin, ...listed]);
  const PROPERTIES = {
    accent: ["--accent", "--link-text-color", "--color-accent", "--button-primary-background-fill"],
    background: ["--body-background-fill", "--background-fill-primary"],
    text: ["--body-text-color"],
  };
  const look = new CSSStyleSheet();
  let around = null;
  let told = 0;

  // A colour and nothing more: no reference to elsewhere, no end of the declaration.
  const isColour = (value) =>
    typeof value === "string" && /^[#\w\s(),.%/+-]{1,80}$/.test(value) && !/url|var|image/i.test(value) && CSS.supports("color", value);

  function dress(said) {
    const lines = Object.entries(PROPERTIES).flatMap(([name, properties]) =>
      isColour(said[name]) ? properties.map((property) => `${property}: ${said[name]} !important;`) : [],
    );
    look.replaceSync(`:root, .dark, .gradio-container, .contain { ${lines.join(" ")} }`);
    if (!document.adoptedStyleSheets.includes(look)) document.adoptedStyleSheets.push(look);
    if (said.theme === "light" || said.theme === "dark") document.body?.classList.toggle("dark", said.theme === "dark");
  }

  function measure() {
    const chat = document.querySelector("#chat .bubble-wrap");
    const height = chat ? innerHeight - chat.clientHeight + chat.scrollHeight : 0;
    if (!around || height <= told) return;
    told = height;
    window.parent.postMessage({ paperchat: "height", height }, around);
  }

  addEventListener("message", (event) => {
    if (event.source !== window.parent || !trusted.has(event.origin) || event.data?.paperchat !== "look") return;
    around = event.origin;
    dress(event.data);
    measure();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !around || event.target.closest?.(".edit-textarea")) return;
    if (!document.querySelector("dialog[open]")) window.parent.postMessage({ paperchat: "close" }, around);
  });
  window.parent.postMessage({ paperchat: "hello" }, "*"); // to whoever it is: there is nothing in it
  addEventListener("DOMContentLoaded", () =>
    new MutationObserver(() => requestAnimationFrame(measure)).observe(document.body, { childList: true, subtree: true, characterData: true }),
  );
})();
