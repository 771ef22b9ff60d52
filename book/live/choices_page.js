// @ts-check
// Questions of a notebook with named answers: a reader of the page chooses one, and is told at once. Each answer brings what is said of it.

/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll(".clipnb-choice");
for (const form of forms) {
  const said = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const { right, said: text = "" } = /** @type {HTMLInputElement} */ (event.target).dataset;
    const isRight = right === "True";
    said.dataset.right = String(isRight);
    said.textContent = `${isRight ? "✔" : "Not yet."} ${text}`;
  });
  form.hidden = false;
}
export {};
