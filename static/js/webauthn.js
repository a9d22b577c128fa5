// Passkeys: shows what needs one where the browser knows them, and says so when one could not be used.
(() => {
  "use strict";

  const show = (selector) => {
    for (const element of document.querySelectorAll(selector)) element.hidden = false;
  };

  show(window.PublicKeyCredential ? "[data-passkey]" : "[data-passkey-missing]");

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    show("[data-passkey-error]");
  });
})();
