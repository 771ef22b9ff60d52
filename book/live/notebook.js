// @ts-check
// The state of a live page as a Jupyter notebook: the code that shows the same in Python. What a reader has written is data in it, as Python literals. No DOM.

/**
 * A value as Python writes it; a JSON string is a Python string, too.
 *
 * @param {unknown} value of JSON
 * @returns {string}
 */
export function python(value, indent = "") {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value.toWellFormed?.() ?? value);
  if (typeof value === "number") return String(value);
  const inner = `${indent}    `;
  const rows = Array.isArray(value)
    ? value.map((one) => python(one, inner))
    : Object.entries(value).map(([key, one]) => `${python(key)}: ${python(one, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const line = `${open}${rows.join(", ")}${close}`;
  return line.length + indent.length <= 80 && !line.includes("\n") ? line : `${open}\n${rows.map((row) => `${inner}${row},\n`).join("")}${indent}${close}`;
}

/**
 * Lines that load the model and the images of the page.
 *
 * @param {{ kind?: string, perSpecies?: number, shown?: string[], isBundled?: boolean }} what kinds and images of the field guide; all, if `shown` names none
 */
export function loading({ kind, perSpecies = 1, shown, isBundled = true }) {
  const kinds = kind ? `, kinds=${python(kind)}` : "";
  return [
    "import clipnb",
    "",
    isBundled ? "clip = clipnb.load_clip()  # the bundled model" : 'clip = clipnb.load_clip("openai/clip-vit-base-patch32")  # the page used a real CLIP: name the same one here',
    `data = clipnb.load_fieldguide("test"${kinds}, per_species=${perSpecies})`,
    ...(shown ? [`shown = ${python(shown)}`, "data = data.select([source in shown for source in data.sources])"] : []),
  ];
}

/**
 * Images sorted by a text.
 *
 * @param {LiveModel<{ pictures: ImageEntry[], document: { sentence: string } }>} model
 */
export function ranking(model) {
  const { sentence } = model.get("document");
  const texts = sentence.trim() ? `, [${python(sentence)}]` : "";
  return [...loading({ shown: model.get("pictures").map((one) => one.name) }), "", `clipnb.widgets.rank_images(clip, data${texts})`];
}

/**
 * An image and a text in a widget of that name.
 *
 * @param {string} widget
 * @param {LiveModel<{ pictures: ImageEntry[], document: { picture: number, sentence: string } }>} model
 */
export function viewing(widget, model) {
  const [{ picture, sentence }, pictures] = [model.get("document"), model.get("pictures")];
  const shown = pictures.map((one) => one.name);
  const text = sentence.trim() ? `, ${python(sentence)}` : "";
  return [...loading({ shown }), "", `clipnb.widgets.${widget}(clip, data${text}, max_images=${shown.length}, start=${numberOf(pictures[picture].name)})`];
}

/** Lines that say which image is the reader's own. */
export const OWN = ["from PIL import Image", "", 'image = Image.open("photo.jpg")  # your own image is no part of this file: give its name'];

/**
 * The number of an image in the data set, as Python finds it.
 *
 * @param {string} source
 */
export const numberOf = (source) => `data.sources.index(${python(source)})`;

/**
 * A notebook of two cells.
 *
 * @param {string} title of the page
 * @param {string} address of the page in this state
 * @param {string[]} lines of code
 */
export function notebookOf(title, address, lines) {
  const about = `# ${title}\n\nSaved from [a live page](<${address.replaceAll(">", "%3E")}>) of clipnb. Run the next cell: it shows the same state.`;
  const cells = [
    { cell_type: "markdown", id: "about", metadata: {}, source: about },
    { cell_type: "code", id: "state", execution_count: null, metadata: {}, outputs: [], source: lines.join("\n") },
  ];
  const kernelspec = { display_name: "Python 3", language: "python", name: "python3" };
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }, null, 1);
}
