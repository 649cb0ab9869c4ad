// The chat in a page of another site: a <paper-chat> element, or a button in the corner where there is none.
// Gradio's own element draws into the page itself, where styles of both mix and a strict page policy forbids
// it. Here all is in a frame of the server's own; a page needs to allow no more than its scripts and frames.
// Nothing is secret, nothing is kept, and the server is told of the page no more than the colours it has.
(() => {
  const own = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
  const HOME = new URL(".", own.src);
  const LOOK = ["accent", "background", "text"];
  const [LOWEST, HIGHEST] = [500, 720];
  const GRACE = 2500; // milliseconds after a frame is loaded in which the chat in it says hello

  const RULES = `
    :host { display: block; position: relative; width: 100%; --of-accent: var(--paperchat-accent, #0f766e); }
    :host([hidden]) { display: none; }
    :host([mode="launcher"]) { position: fixed; inset: auto 20px 20px auto; width: auto; z-index: 2147483000; }
    iframe { display: block; width: 100%; border: 0; border-radius: inherit; background: transparent; }
    .box { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: var(--paperchat-radius, 12px); overflow: hidden; }
    .no { margin: 0; padding: 16px 18px; font: 15px/1.5 system-ui, sans-serif; }
    .open, .close { font: 600 15px/1 system-ui, sans-serif; cursor: pointer; border: 0; }
    .open {
      display: flex; align-items: center; gap: 8px; padding: 14px 18px; border-radius: 999px; background: var(--of-accent);
      color: var(--paperchat-accent-text, #fff); box-shadow: 0 4px 18px rgb(0 0 0 / .28);
    }
    .open svg { width: 18px; height: 18px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    :is(.open, .close):focus-visible { outline: 3px solid var(--of-accent); outline-offset: 3px; }
    dialog {
      position: fixed; inset: auto 20px 20px auto; margin: 0; padding: 0; width: 420px; max-width: none; max-height: none; border: 0;
      height: min(680px, calc(100dvh - 40px)); border-radius: var(--paperchat-radius, 14px); overflow: hidden;
      background: var(--paperchat-background, Canvas); color: var(--paperchat-text, CanvasText); box-shadow: 0 12px 48px rgb(0 0 0 / .32);
    }
    dialog[open] { display: flex; flex-direction: column; }
    dialog .bar { display: flex; justify-content: flex-end; padding: 4px 4px 0; }
    .close { width: 36px; height: 36px; border-radius: 8px; background: none; color: inherit; }
    dialog iframe { flex: 1; min-height: 0; }
    @media (max-width: 640px) {
      dialog { inset: auto 0 0 0; width: 100%; height: calc(100dvh - 24px); border-radius: 16px 16px 0 0; }
    }
  `;

  function drawn(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function bubble() {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(picture.namespaceURI, "path");
    line.setAttribute("d", "M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12Z M9 10h7 M9 14h4");
    picture.append(line);
    return picture;
  }

  class PaperChat extends HTMLElement {
    static observedAttributes = ["height", "theme"];
    #frame = null;
    #greeted = false;
    #listening = null;

    get home() {
      const named = this.getAttribute("host");
      return named ? new URL(named.endsWith("/") ? named : `${named}/`, document.baseURI) : HOME;
    }

    connectedCallback() {
      if (!this.shadowRoot) this.#draw();
      this.#listening = new AbortController();
      const { signal } = this.#listening;
      addEventListener("message", (event) => this.#hear(event), { signal });
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#tell(), { signal });
    }

    disconnectedCallback() {
      this.#listening.abort();
      this.#greeted = false; // a frame that is moved is loaded again
    }

    attributeChangedCallback() {
      this.#fit(0);
      this.#tell();
    }

    #draw() {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(RULES);
      root.adoptedStyleSheets = [sheet];
      this.#frame = drawn("iframe", { title: this.title || "Ask the papers", allow: "clipboard-write" });
      this.#frame.addEventListener("load", () => this.#doubt());
      if (this.getAttribute("mode") === "launcher") return this.#drawLauncher(root);
      root.append(drawn("div", { className: "box" }, this.#frame));
      this.#fit(0);
      this.#load();
    }

    #drawLauncher(root) {
      const label = this.getAttribute("label") ?? "Ask the papers";
      const open = drawn("button", { className: "open", type: "button" }, bubble(), label);
      const close = drawn("button", { className: "close", type: "button", ariaLabel: "Close" }, "✕");
      const dialog = drawn("dialog", { ariaLabel: label }, drawn("div", { className: "bar" }, close), this.#frame);
      root.append(open, dialog);
      open.addEventListener("click", () => {
        if (!this.#frame.src) this.#load();
        matchMedia("(max-width: 640px)").matches ? dialog.showModal() : dialog.show();
      });
      close.addEventListener("click", () => dialog.close());
      dialog.addEventListener("close", () => open.focus()); // it may have been in the frame
      dialog.addEventListener("keydown", (event) => event.key === "Escape" && dialog.close());
    }

    #load() {
      const page = new URL("embed/", this.home);
      const theme = this.getAttribute("theme");
      if (theme === "light" || theme === "dark") page.searchParams.set("__theme", theme);
      this.#frame.src = page.href;
    }

    // What is said comes from the frame of this element, and from nowhere else.
    #hear(event) {
      if (event.source !== this.#frame.contentWindow || event.origin !== this.home.origin) return;
      const said = event.data;
      if (said?.paperchat === "hello") {
        this.#greeted = true;
        this.#tell();
      } else if (said?.paperchat === "height" && Number.isFinite(said.height)) {
        this.#fit(said.height);
      } else if (said?.paperchat === "close") {
        this.shadowRoot.querySelector("dialog")?.close();
      }
    }

    #tell() {
      if (!this.#greeted) return;
      const style = getComputedStyle(this);
      const colours = LOOK.map((name) => [name, style.getPropertyValue(`--paperchat-${name}`).trim()]);
      const look = Object.fromEntries(colours.filter(([, colour]) => colour));
      const theme = this.getAttribute("theme") ?? "auto";
      this.#frame.contentWindow.postMessage({ paperchat: "look", theme, ...look }, this.home.origin);
    }

    #fit(height) {
      if (!this.#frame || this.getAttribute("mode") === "launcher") return;
      const limit = Number(this.getAttribute("height")) || HIGHEST;
      const now = parseFloat(this.#frame.style.height) || Math.min(LOWEST, limit);
      this.#frame.style.height = `${Math.min(Math.max(now, height), limit)}px`;
    }

    // A frame that was refused is loaded all the same, with a page of the browser's own that says nothing.
    #doubt() {
      if (!this.#frame.src) return;
      setTimeout(() => {
        if (this.#greeted || !this.isConnected) return;
        const no = `${this.home.host} does not allow this page to embed its chat; its owner can add ${location.origin} to embed_origins.`;
        const again = document.createElement("script");
        again.onload = () => this.#refuse(no);
        again.onerror = () => this.#refuse(`${this.home.host} does not answer; try again later.`);
        try {
          again.src = new URL("widget.js", this.home).href;
          document.head.append(again);
        } catch {
          this.#refuse(no); // a page of trusted types alone does not let it be asked
        }
      }, GRACE);
    }

    #refuse(why) {
      if (this.#greeted) return;
      this.#frame.replaceWith(drawn("p", { className: "no", role: "alert" }, why));
    }
  }

  if (!customElements.get("paper-chat")) customElements.define("paper-chat", PaperChat);
  else if (document.querySelector("paper-chat")) return;

  function launch() {
    if (document.querySelector("paper-chat")) return;
    const chat = document.createElement("paper-chat");
    chat.setAttribute("mode", "launcher");
    chat.setAttribute("host", HOME.href);
    for (const name of ["theme", "label"]) if (own.dataset[name]) chat.setAttribute(name, own.dataset[name]);
    document.body.append(chat);
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", launch);
  else launch();
})();
