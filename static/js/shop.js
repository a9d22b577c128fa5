// What scripts add to pages that work without them: menus that close, pictures that slide, forms that send themselves.

const language = document.documentElement.lang;

/** Shows moments in the reader's own zone and language, with Latin digits like the prices. */
function localise(root) {
  const format = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[data-moment]")) {
    time.textContent = format.format(new Date(time.dateTime));
    time.removeAttribute("data-moment");
  }
}

/** Slides the stage of a gallery to the picture that a small one leads to, and marks the one in view. */
function watchGallery(root) {
  for (const gallery of root.querySelectorAll("[data-gallery]:not([data-ready])")) {
    gallery.dataset.ready = "";
    const links = [...gallery.querySelectorAll("a[href^='#']")];
    const stage = gallery.querySelector(".gallery-stage");
    if (!links.length) continue;
    const seen = new IntersectionObserver((entries) => {
      const shown = entries.find((entry) => entry.isIntersecting);
      if (!shown) return;
      for (const link of links) {
        if (link.hash === `#${shown.target.id}`) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }, { root: stage, threshold: 0.6 });
    for (const link of links) {
      const picture = gallery.querySelector(link.hash);
      seen.observe(picture);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        picture.scrollIntoView({ block: "nearest", inline: "start" });
      });
    }
  }
}

function prepare(root) {
  localise(root);
  watchGallery(root);
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-dismiss]")) document.getElementById("toast").replaceChildren();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  document.getElementById("toast").replaceChildren();
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (!form) return;
  form.elements.next.value = location.pathname + location.search;
  form.requestSubmit();
});

document.addEventListener("htmx:pushedIntoHistory", () => {
  for (const link of document.querySelectorAll("a[hreflang]")) link.search = location.search;
});

// A button that is locked while its form is sent loses the focus; it gets it back unless something else has it.
document.addEventListener("htmx:afterRequest", (event) => {
  const button = event.detail.requestConfig?.triggeringEvent?.submitter;
  if (button?.isConnected && document.activeElement === document.body) button.focus({ preventScroll: true });
});

document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
prepare(document);
