/* Counts characters as one types, and saves with Ctrl+Enter; the page works without it. */
(function () {
  "use strict";
  document.querySelectorAll("[data-count]").forEach(function (count) {
    const input = document.getElementById(count.dataset.count);
    const most = Number(input.dataset.most || 0);
    function show() {
      const length = Array.from(input.value).length;
      count.firstElementChild.textContent = most ? length + " / " + most : String(length);
      count.toggleAttribute("data-over", most > 0 && length > most);
    }
    input.addEventListener("input", show);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        const buttons = input.form.querySelectorAll("button[name=save]");
        if (buttons.length) { input.form.requestSubmit(buttons[buttons.length - 1]); }
      }
    });
    show();
  });
})();
