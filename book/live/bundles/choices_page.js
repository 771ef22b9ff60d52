// Made from book/live/choices_page.js by tests/javascript/bundle.py; sources f8ffac307bd69401a1fe9e09b5b0a262a49182f607122fc3fa3183c1b679d1af
(() => {
  // book/live/choices_page.js
  var forms = document.querySelectorAll(".clipnb-choice");
  for (const form of forms) {
    const said = (
      /** @type {HTMLElement} */
      form.querySelector("[role=status]")
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      const { right, said: text = "" } = (
        /** @type {HTMLInputElement} */
        event.target.dataset
      );
      const isRight = right === "True";
      said.dataset.right = String(isRight);
      said.textContent = `${isRight ? "✔" : "Not yet."} ${text}`;
    });
    form.hidden = false;
  }
})();
