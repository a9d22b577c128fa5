// Marks the cards of what is wished for or compared. Cards are the same for everybody, so the marks come after them.

const at = document.body.dataset.picks;
const BUTTONS = ".card-picks button";
const lists = { wish: null, compare: null }; // the products of each, null before anything is known of it

/** Lets each button say whether its product is on the list; pressed again, it takes the product off. */
function mark(root) {
  for (const button of root.querySelectorAll(BUTTONS)) {
    const verb = button.name.replace(/^un/, "");
    if (!lists[verb]) continue;
    const isOn = lists[verb].has(button.value);
    button.name = isOn ? `un${verb}` : verb;
    button.setAttribute("aria-pressed", String(isOn));
  }
}

async function ask() {
  if (!at || !document.querySelector(BUTTONS)) return;
  const answer = await fetch(at, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { wished, compared } = await answer.json();
  lists.wish = new Set(wished.map(String));
  lists.compare = new Set(compared.map(String));
  mark(document);
}

document.addEventListener("wished", (event) => {
  const { product, wished: isWished } = event.detail;
  lists.wish ??= new Set();
  if (isWished) lists.wish.add(String(product));
  else lists.wish.delete(String(product));
  mark(document);
});
document.addEventListener("compared", (event) => {
  lists.compare = new Set(event.detail.products.map(String));
  mark(document);
});
document.addEventListener("htmx:load", (event) => mark(event.detail.elt));
addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
ask();
