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
