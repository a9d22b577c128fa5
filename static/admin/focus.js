// The focus of a picture: a click on it fills in the two fields, a mark shows where they point.

function watch(picture) {
  const fields = ["x", "y"].map((axis) => document.querySelector(`[data-focus="${axis}"]`));
  if (fields.some((field) => !field)) return;
  const frame = document.createElement("span");
  const mark = document.createElement("span");
  frame.className = "admin-focus";
  mark.className = "admin-focus-mark";
  picture.replaceWith(frame);
  frame.append(picture, mark);
  const draw = () => {
    mark.style.left = `${fields[0].value}%`;
    mark.style.top = `${fields[1].value}%`;
  };
  frame.addEventListener("click", (event) => {
    const area = picture.getBoundingClientRect();
    const parts = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    for (const [place, field] of fields.entries()) {
      field.value = Math.round(Math.min(Math.max(parts[place], 0), 1) * 100);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    draw();
  });
  for (const field of fields) field.addEventListener("input", draw);
  draw();
}

document.addEventListener("DOMContentLoaded", () => {
  for (const picture of document.querySelectorAll("[data-focus-picture]")) watch(picture);
});
