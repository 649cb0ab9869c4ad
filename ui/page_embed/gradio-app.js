// Gradio's own element, from this server and not from a network of others; the server writes the first line.
// Where the element would stay empty without a word, it says why.
const home = new URL(".", import.meta.url);

function say(why) {
  const own = Object.assign(document.createElement("a"), { href: home.href, target: "_blank", rel: "noopener" });
  own.append("Open the chat in its own window");
  for (const place of document.querySelectorAll("gradio-app")) place.replaceChildren(`${why} `, own);
}

if (login) {
  say("This chat asks for a login, for which the element of Gradio has no place.");
} else {
  import(new URL(`embed/${entry}`, home).href).catch(() =>
    say(`${home.host} does not allow this page to embed its chat; its owner can add ${location.origin} to embed_origins.`),
  );
}
