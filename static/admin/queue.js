/* The queue by the keyboard, and where the focus goes. Without this script everything is a link or a form. */
(function () {
  "use strict";

  function rows() {
    return Array.from(document.querySelectorAll("[data-desk-row]"));
  }

  function link(row) {
    return row.querySelector("a");
  }

  /* The row that keys act on: the one with the focus in it, else the one that is open. */
  function place(all) {
    const focused = all.findIndex((row) => row.contains(document.activeElement));
    return focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"));
  }

  function move(step) {
    const all = rows();
    if (all.length) {
      const target = all[Math.min(Math.max(place(all) + step, 0), all.length - 1)];
      link(target).focus();
      target.scrollIntoView({ block: "nearest" });
    }
  }

  function open() {
    const all = rows();
    const row = all[Math.max(place(all), 0)];
    if (row) {
      link(row).click();
    }
  }

  function tick() {
    const row = rows()[place(rows())];
    if (row) {
      row.querySelector("input[type=checkbox]").click();
    }
  }

  function take() {
    const form = document.querySelector("[data-desk-take]");
    if (form) {
      form.requestSubmit();
    }
  }

  function focusOn(selector) {
    const field = document.querySelector(selector);
    if (field) {
      field.focus();
      field.select();
    }
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    o: open,
    t: take,
    r: () => focusOn("#decide_reason"),
    x: tick,
    "/": () => focusOn("#desk-q"),
  };

  function isTyping(element) {
    return element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  }

  function listen(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (isTyping(event.target)) {
      if (event.key === "Escape") {
        const all = rows();
        const row = all[Math.max(place(all), 0)];
        if (row) {
          link(row).focus();
        }
      }
      return;
    }
    if (KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  }

  /* What came into the panel is the flag that is open now: its row says so, and the focus is at its head. */
  function opened() {
    const shown = document.querySelector("#flag-panel [data-flag]");
    const key = shown ? shown.dataset.flag : "";
    rows().forEach(function (row) {
      if (row.dataset.deskRow === key) {
        row.setAttribute("aria-current", "true");
      } else {
        row.removeAttribute("aria-current");
      }
    });
    document.getElementById("desk").classList.toggle("desk-open", Boolean(shown));
    if (shown) {
      const panel = document.getElementById("flag-panel");
      panel.scrollTop = 0;
      panel.focus({ preventScroll: window.matchMedia("(width >= 64rem)").matches });
    }
  }

  function count() {
    const chosen = document.querySelectorAll("[data-desk-row] input:checked").length;
    document.querySelectorAll("[data-desk-count]").forEach(function (element) {
      element.textContent = chosen ? "(" + chosen + ")" : "";
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const desk = document.getElementById("desk");
    if (!desk) {
      return;
    }
    document.addEventListener("keydown", listen);
    document.querySelectorAll("[data-desk-keys]").forEach((element) => (element.hidden = false));
    document.querySelectorAll("[data-desk-all]").forEach(function (label) {
      label.hidden = false;
      label.querySelector("input").addEventListener("change", function (event) {
        rows().forEach((row) => (row.querySelector("input").checked = event.target.checked));
        count();
      });
    });
    desk.addEventListener("change", count);
    count();
    document.body.addEventListener("htmx:afterSwap", function (event) {
      if (event.target.id === "flag-panel") {
        opened();
      }
    });
    /* Back and forward: the whole page is asked for again, since panel and list belong together. */
    window.addEventListener("popstate", () => window.location.reload());
    if (window.location.hash === "#flag-panel") {
      opened();
    }
  });
})();
