// A picture of the gallery at its full size, in a dialog; without this a link leads to the file.

const SCALES = [1, 1.5, 2, 3, 4];
let links = [];
let shown = 0;
let scale = 0;

const box = () => document.querySelector("[data-lightbox]");

/** Shows the picture with this number, at the size of the window. */
function show(number) {
  shown = (number + links.length) % links.length;
  const [link, frame] = [links[shown], box()];
  const image = frame.querySelector("img");
  image.src = link.href;
  image.alt = link.querySelector("img").alt;
  const place = frame.querySelector("[data-place]");
  place.textContent = place.dataset.place.replace("%(number)s", shown + 1).replace("%(total)s", links.length);
  for (const button of frame.querySelectorAll("[data-step]")) button.hidden = links.length < 2;
  resize(0);
}

/** Shows it so many steps larger, with the middle of the view (or the point that was clicked) where it was. */
function resize(step, point) {
  const frame = box();
  const stage = frame.querySelector(".lightbox-stage");
  const [x, y] = point ?? [0.5, 0.5];
  const across = (stage.scrollLeft + x * stage.clientWidth) / stage.scrollWidth;
  const down = (stage.scrollTop + y * stage.clientHeight) / stage.scrollHeight;
  scale = Math.min(Math.max(step, 0), SCALES.length - 1);
  stage.style.setProperty("--scale", SCALES[scale]);
  stage.classList.toggle("is-large", scale > 0);
  stage.scrollLeft = across * stage.scrollWidth - x * stage.clientWidth;
  stage.scrollTop = down * stage.scrollHeight - y * stage.clientHeight;
  frame.querySelector("[data-scale='1']").setAttribute("aria-disabled", scale === SCALES.length - 1);
  frame.querySelector("[data-scale='-1']").setAttribute("aria-disabled", scale === 0);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-large]");
  if (link && !(event.metaKey || event.ctrlKey || event.shiftKey)) {
    event.preventDefault();
    links = [...link.closest("[data-gallery]").querySelectorAll("a[data-large]")];
    box().showModal();
    show(links.indexOf(link));
    return;
  }
  const frame = event.target.closest("[data-lightbox]");
  if (!frame) return;
  const button = event.target.closest("button");
  if (button?.dataset.step) show(shown + Number(button.dataset.step));
  else if (button?.dataset.scale) resize(scale + Number(button.dataset.scale));
  else if (event.target.matches("img") && !frame.dataset.dragged) {
    const area = frame.querySelector(".lightbox-stage").getBoundingClientRect();
    const point = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    resize(scale ? 0 : 2, point);
  } else if (event.target.matches(".lightbox, .lightbox-stage") && !frame.dataset.dragged) frame.close();
});

document.addEventListener("keydown", (event) => {
  const frame = box();
  if (!frame?.open) return;
  const forward = getComputedStyle(frame).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (event.key === "+" || event.key === "=") resize(scale + 1);
  else if (event.key === "-") resize(scale - 1);
  else if (event.key === "0") resize(0);
  else if (!scale && (event.key === "ArrowLeft" || event.key === "ArrowRight") && links.length > 1) {
    event.preventDefault();
    show(shown + (event.key === forward ? 1 : -1));
  }
});

/** A large picture is drawn along by a mouse; fingers scroll and pinch by themselves. */
document.addEventListener("pointerdown", (event) => {
  const stage = event.target.closest(".lightbox-stage.is-large");
  const frame = event.target.closest("[data-lightbox]");
  if (frame) delete frame.dataset.dragged;
  if (!stage || event.pointerType !== "mouse") return;
  event.preventDefault();
  stage.focus();
  const move = (next) => {
    stage.scrollLeft -= next.movementX;
    stage.scrollTop -= next.movementY;
    if (Math.abs(next.clientX - event.clientX) + Math.abs(next.clientY - event.clientY) > 6) frame.dataset.dragged = "";
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", () => document.removeEventListener("pointermove", move), { once: true });
});
