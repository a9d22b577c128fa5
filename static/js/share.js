// Shows the buttons that share a link, where the browser can do it; without them the link is there to be copied.

function prepare(root) {
  const address = root.querySelector("input").value;
  const copy = root.querySelector("[data-share-copy]");
  const open = root.querySelector("[data-share-open]");
  const status = root.querySelector("[data-share-status]");
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(address);
        status.textContent = root.dataset.shareDone;
      } catch {
        root.querySelector("input").select();
      }
    });
  }
  if (navigator.share) {
    open.hidden = false;
    open.addEventListener("click", () => navigator.share({ title: root.dataset.shareName, url: address }).catch(() => {}));
  }
  root.querySelector("input").addEventListener("focus", (event) => event.target.select());
}

for (const root of document.querySelectorAll("[data-share]")) prepare(root);
