// Draws the map of the library as SVG from the points in an unseen box: Gradio's plots need scripts that are
// made at run time, which the page's security policy forbids, and none can be gone through by keyboard. Papers
// are opened and picked by events that page/library.js hears.
const svgNamespace = "http://www.w3.org/2000/svg";
const shapes = [
  "M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z",
  "M-4.4-4.4H4.4V4.4H-4.4Z",
  "M0-5.8L5.4 4.2H-5.4Z",
  "M0-6L6 0L0 6L-6 0Z",
  "M0 5.8L5.4-4.2H-5.4Z",
];
const margin = 28;
const buttonsWide = 26; // beyond the margin: no paper lies under the buttons of the whole map
const farthest = 12;
const many = 600;
const reach = { mouse: 12, pen: 16, touch: 24 };
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function make(name, attributes = {}, parent = null, words = "") {
  const isDrawn = ["svg", "g", "path", "text"].includes(name);
  const made = isDrawn ? document.createElementNS(svgNamespace, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words) made.textContent = words;
  parent?.append(made);
  return made;
}

function sign(topic, parent) {
  const svg = make("svg", { class: "sign", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, parent);
  make("path", { class: `dot t${topic}`, d: shapes[topic % shapes.length] }, svg);
}

class LibraryMap {
  constructor(root, { topics, points }) {
    this.root = root;
    this.topics = topics;
    this.points = points.map(([id, title, x, y, topic]) => ({ id, title, x, y, topic }));
    this.zoom = 1;
    this.left = this.top = 0;
    this.current = null;
    this.pointers = new Map();
    root.replaceChildren();
    this.addFrame();
    this.addLegend();
    this.addDots();
    this.listen();
    new ResizeObserver(() => this.fit()).observe(this.frame);
  }

  addFrame() {
    this.frame = make("div", { class: "frame" }, this.root);
    this.svg = make("svg", { class: "sea", tabindex: 0, role: "application", "aria-roledescription": "map" }, this.frame);
    this.svg.setAttribute("aria-label", `${this.points.length} papers. Arrow keys go from one to the next.`);
    this.svg.setAttribute("aria-describedby", "map-keys");
    this.dots = make("g", { class: this.points.length > many ? "dots many" : "dots" }, this.svg);
    this.names = make("g", { class: "names", "aria-hidden": "true" }, this.svg);
    const buttons = make("div", { class: "zooming" }, this.frame);
    for (const [words, name, act] of [
      ["+", "Zoom in", () => this.zoomBy(1.6)],
      ["−", "Zoom out", () => this.zoomBy(1 / 1.6)],
      ["⤢", "Show the whole map", () => this.showAll()],
    ]) make("button", { type: "button", "aria-label": name, title: name }, buttons, words).addEventListener("click", act);
    this.hint = make("div", { class: "hint", hidden: "" }, this.frame);
    this.card = make("div", { class: "chosen" }, this.root);
    this.said = make("p", { class: "said", "aria-live": "polite" }, this.card);
    this.acts = make("div", { class: "acts", hidden: "" }, this.card);
    for (const [words, act] of [["Open", () => this.open()], ["Add to comparison", () => this.pick()]])
      make("button", { type: "button" }, this.acts, words).addEventListener("click", act);
    this.say("Choose a paper on the map.");
  }

  addLegend() {
    const legend = make("ul", { class: "legend", "aria-label": "Topics" }, this.root);
    this.topics.forEach((name, topic) => {
      const button = make("button", { type: "button", "aria-pressed": "false" }, make("li", {}, legend));
      sign(topic, button);
      make("span", {}, button, name);
      make("span", { class: "count" }, button, this.points.filter((point) => point.topic === topic).length);
      button.addEventListener("click", () => this.single(legend, button, topic));
    });
    const keys = "Drag to move, scroll or pinch to zoom. Arrow keys go from paper to paper, Enter opens one, C picks it for comparison.";
    make("p", { class: "keys", id: "map-keys" }, this.root, keys);
  }

  addDots() {
    for (const point of this.points) {
      const d = shapes[point.topic % shapes.length];
      point.dot = make("path", { class: `dot t${point.topic}`, d }, this.dots);
    }
    this.labels = this.topics.map((name, topic) => {
      const own = this.points.filter((point) => point.topic === topic);
      const middle = (key) => own.map((point) => point[key]).sort((a, b) => a - b)[own.length >> 1] ?? 0.5;
      return { x: middle("x"), y: middle("y"), text: make("text", { class: `t${topic}` }, this.names, name) };
    });
  }

  single(legend, pressed, topic) {
    const isOn = pressed.getAttribute("aria-pressed") !== "true";
    for (const button of legend.querySelectorAll("button")) button.setAttribute("aria-pressed", isOn && button === pressed);
    this.dots.classList.toggle("single", isOn);
    for (const point of this.points) point.dot.classList.toggle("of", isOn && point.topic === topic);
  }

  fit() {
    [this.width, this.height] = [this.svg.clientWidth, this.svg.clientHeight];
    if (!this.width) return;
    for (const point of this.points) {
      point.left = this.across(point);
      point.top = margin + point.y * (this.height - 2 * margin);
      point.dot.style.transform = `translate(${point.left}px, ${point.top}px) scale(var(--small))`;
    }
    for (const label of this.labels) label.wide = label.text.getComputedTextLength();
    this.place();
  }

  across({ x }) {
    return margin + x * (this.width - 2 * margin - buttonsWide);
  }

  place() {
    this.left = Math.min(0, Math.max(this.left, this.width * (1 - this.zoom)));
    this.top = Math.min(0, Math.max(this.top, this.height * (1 - this.zoom)));
    this.drawing ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.drawing = undefined;
    const size = (this.points.length > many ? 0.6 : 1) * Math.min(2, this.zoom ** 0.4);
    this.dots.setAttribute("transform", `translate(${this.left} ${this.top}) scale(${this.zoom})`);
    this.dots.style.setProperty("--small", size / this.zoom);
    const taken = [];
    for (const label of this.labels) {
      const x = this.left + this.zoom * this.across(label);
      const y = this.top + this.zoom * (margin + label.y * (this.height - 2 * margin));
      const half = label.wide / 2 + 6;
      const middle = Math.min(Math.max(x, half), this.width - half);
      const isIn = x > 0 && y > 0 && x < this.width && y < this.height;
      const free = (line) => line > 14 && line < this.height - 6 &&
        taken.every((other) => Math.abs(other.line - line) > 20 || Math.abs(other.middle - middle) > other.half + half);
      const line = isIn ? [0, -20, 20, -40, 40].map((step) => y + step).find(free) : undefined;
      label.text.toggleAttribute("hidden", line === undefined);
      if (line === undefined) continue;
      taken.push({ middle, line, half });
      label.text.setAttribute("x", middle);
      label.text.setAttribute("y", line);
    }
  }

  seen(point) {
    return [this.left + this.zoom * point.left, this.top + this.zoom * point.top];
  }

  nearest(x, y, within) {
    let best = null;
    for (const point of this.points) {
      const [left, top] = this.seen(point);
      const far = Math.hypot(left - x, top - y);
      if (far < within) [best, within] = [point, far];
    }
    return best;
  }

  zoomBy(factor, x = this.width / 2, y = this.height / 2) {
    const zoom = Math.min(farthest, Math.max(1, this.zoom * factor));
    this.left = x - ((x - this.left) * zoom) / this.zoom;
    this.top = y - ((y - this.top) * zoom) / this.zoom;
    this.zoom = zoom;
    this.point(null);
    this.place();
  }

  showAll() {
    this.zoom = 1;
    this.point(null);
    this.place();
  }

  choose(point) {
    this.current?.dot.classList.remove("current");
    this.current = point;
    point.dot.classList.add("current");
    this.dots.append(point.dot);
    const [x, y] = this.seen(point);
    if (x < margin || x > this.width - margin) this.left += this.width / 2 - x;
    if (y < margin || y > this.height - margin) this.top += this.height / 2 - y;
    this.place();
    this.say(point.title, this.topics[point.topic]);
    this.acts.hidden = false;
  }

  say(words, topic = "") {
    this.said.replaceChildren();
    make("span", { class: "title" }, this.said, words);
    if (topic) make("span", { class: "topic" }, this.said, topic);
  }

  point(at) {
    this.hint.hidden = !at;
    if (!at) return;
    const [x, y] = this.seen(at);
    this.hint.textContent = at.title;
    const left = Math.min(Math.max(x - this.hint.offsetWidth / 2, 4), this.width - this.hint.offsetWidth - 4);
    const above = y - this.hint.offsetHeight - 12;
    this.hint.style.translate = `${left}px ${above < 4 ? y + 14 : above}px`;
  }

  step([right, down]) {
    const from = this.current ?? this.nearest(this.width / 2, this.height / 2, Infinity);
    if (!this.current) return this.choose(from);
    let [best, least] = [null, Infinity];
    for (const point of this.points) {
      const [x, y] = [point.left - from.left, point.top - from.top];
      const ahead = x * right + y * down;
      const aside = Math.abs(x * down + y * right);
      if (ahead > 0 && aside <= ahead && ahead + 2 * aside < least) [best, least] = [point, ahead + 2 * aside];
    }
    if (best) this.choose(best);
  }

  open() {
    if (this.current) this.svg.dispatchEvent(new CustomEvent("paper-opened", { bubbles: true, detail: this.current.id }));
  }

  pick() {
    if (this.current) this.svg.dispatchEvent(new CustomEvent("paper-picked", { bubbles: true, detail: this.current.id }));
  }

  listen() {
    const { svg } = this;
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => {
      this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
      if (this.pointers.size === 1) this.moved = 0;
    });
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", (event) => this.release(event));
    svg.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId));
    svg.addEventListener("pointerleave", () => this.point(null));
    svg.addEventListener("keydown", (event) => this.press(event));
    svg.addEventListener("blur", () => this.point(null));
  }

  move(event) {
    const at = [event.offsetX, event.offsetY];
    const last = this.pointers.get(event.pointerId);
    if (!last) return this.point(this.nearest(...at, reach.mouse));
    const other = [...this.pointers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, at);
    this.moved += Math.hypot(at[0] - last[0], at[1] - last[1]);
    if (this.moved > 4) this.svg.setPointerCapture(event.pointerId);
    if (other) {
      const apart = (from) => Math.hypot(from[0] - other[0], from[1] - other[1]) || 1;
      return this.zoomBy(apart(at) / apart(last), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
    }
    this.left += at[0] - last[0];
    this.top += at[1] - last[1];
    this.point(null);
    this.place();
  }

  release(event) {
    const began = this.pointers.delete(event.pointerId);
    if (!began || this.moved > 4 || this.pointers.size) return;
    const point = this.nearest(event.offsetX, event.offsetY, reach[event.pointerType] ?? reach.mouse);
    if (point) this.choose(point);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      Enter: () => this.open(), c: () => this.pick(), "+": () => this.zoomBy(1.6), "=": () => this.zoomBy(1.6),
      "-": () => this.zoomBy(1 / 1.6), 0: () => this.showAll(),
    }[event.key] ?? (arrows[event.key] && (() => this.step(arrows[event.key])));
    if (!act) return;
    event.preventDefault();
    act();
    if (arrows[event.key] && this.width > 600) this.point(this.current);
  }
}

// The points come a little after the words that say of which library they are, or before them.
new MutationObserver(() => {
  const wanted = document.querySelector("#map-status .map-of")?.textContent;
  const root = document.querySelector("#map .map");
  const kept = document.querySelector("#map-points textarea");
  if (!wanted || !kept || !root || root.drawn === wanted) return;
  requestAnimationFrame(function draw() {
    if (root.drawn === wanted || !root.isConnected) return;
    if (!kept.value.startsWith(`{"of": "${wanted}"`)) return setTimeout(draw, 100);
    root.drawn = wanted;
    new LibraryMap(root, JSON.parse(kept.value));
  });
}).observe(document.documentElement, { childList: true, subtree: true });
