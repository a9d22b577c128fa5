/* Unfold's tabs and menus are elements without a keyboard: give each one a place in the tab order and the keys of a button. */
(function () {
  "use strict";
  const wanted = "a:not([href]), div, span, h2";

  function equip(root) {
    root.querySelectorAll(wanted).forEach(function (element) {
      const clicks = element.hasAttribute("x-on:click") || element.hasAttribute("@click");
      if (!clicks || element.id === "changelist-filter-close" || element.hasAttribute("tabindex")) {
        return;
      }
      element.tabIndex = 0;
      element.setAttribute("role", "button");
      element.addEventListener("keydown", function (event) {
        if (event.target === element && (event.key === "Enter" || event.key === " ")) {
          event.preventDefault();
          element.click();
        }
      });
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    equip(document);
  });
})();

/* A form that was refused opens where its first error is, whichever section was in front when it was sent. */
(function () {
  "use strict";
  document.addEventListener("alpine:initialized", function () {
    document.querySelectorAll("#tabs-items, [x-data*='activeFieldsetTab'] nav").forEach(function (sections) {
      const mark = sections.querySelector("[data-testid='error-count']");
      if (mark) {
        mark.closest("a").click();
      }
    });
  });
})();
