// Marks the cards of what is on the wish list. Cards are the same for everybody, so the marks come after them.

const at = document.body.dataset.wishes;
const BUTTONS = ".card-picks [name='wish'], .card-picks [name='unwish']";
let wished = null;

/** Lets each heart say whether it is on the list; pressed again, it takes the product off. */
function mark(root) {
  if (!wished) return;
  for (const button of root.querySelectorAll(BUTTONS)) {
    const isWished = wished.has(button.value);
    button.name = isWished ? "unwish" : "wish";
    button.setAttribute("aria-pressed", String(isWished));
  }
}

async function ask() {
  if (!at || !document.querySelector(BUTTONS)) return;
  const answer = await fetch(at, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  wished = new Set((await answer.json()).wished.map(String));
  mark(document);
}

document.addEventListener("wished", (event) => {
  const { product, wished: isWished } = event.detail;
  wished ??= new Set();
  if (isWished) wished.add(String(product));
  else wished.delete(String(product));
  mark(document);
});
document.addEventListener("htmx:load", (event) => mark(event.detail.elt));
addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
ask();
