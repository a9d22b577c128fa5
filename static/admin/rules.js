/* One box that ticks all boxes of its section; without a script it is not there. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-check-all]").forEach(function (label) {
      const all = label.querySelector("input");
      const boxes = label.parentElement.querySelectorAll("tbody input[type=checkbox]");
      label.hidden = false;
      all.addEventListener("change", function () {
        boxes.forEach(function (box) {
          box.checked = all.checked;
        });
      });
    });
  });
})();
