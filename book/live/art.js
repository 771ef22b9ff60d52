// @ts-check
// The field guide's drawings in a page: the twin of clipnb/fieldguide/art.py and scene.py. A test holds its strings against Python's, letter by letter.

const UNITS = 200; // side of every drawing, in SVG user units

/** Python's round(): a tie goes to the even number. @param {number} x */
function roundEven(x) {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 ? floor + 1 : floor;
}

/**
 * Python's f"{x:.2f}": as toFixed, but a tie goes to the even digit, and minus zero keeps its sign.
 *
 * @param {number} x
 * @param {number} digits
 */
function fixed(x, digits) {
  const long = Math.abs(x).toFixed(digits + 30); // exact: a tie shows as a 5 and zeros
  const below = long.slice(0, -30);
  const even = /^50*$/.test(long.slice(-30)) && "02468".includes(below.slice(-1));
  return (x < 0 || Object.is(x, -0) ? "-" : "") + (even ? below : Math.abs(x).toFixed(digits));
}

/**
 * Mix a colour #rrggbb with black (amount < 0) or white (amount > 0).
 *
 * @param {string} colour
 * @param {number} amount
 */
function shade(colour, amount) {
  const target = amount > 0 ? 255 : 20;
  const mixed = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)).map((c) => roundEven(c + (target - c) * Math.abs(amount)));
  return `#${mixed.map((c) => c.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * The figure as SVG markup, without the outer <svg>.
 *
 * @param {Pick<Drawing, "pieces" | "conditions">} art
 * @param {Marks} marks the value of every slot that is asked for
 * @param {Record<string, string>} colours the colour of every colour slot
 * @param {string[] | null} [parts] leaves out all others
 */
function figure(art, marks, colours, parts = null) {
  /** @type {Map<string, string>} */
  const paint = new Map();
  for (const [slot, colour] of Object.entries(colours)) {
    paint.set(slot, colour).set(`${slot}-dark`, shade(colour, -0.38)).set(`${slot}-light`, shade(colour, 0.42));
  }
  const holds = art.conditions.map((all) => all.every(([slot, values]) => values.includes(marks[slot])));
  const chosen = art.pieces.filter(([part, when]) => (parts === null || part === null || parts.includes(part)) && holds[when]);
  return fill(chosen.map(([, , text]) => text).join(""), paint);
}

/**
 * Python's text % mapping, with %(slot)s and %%.
 *
 * @param {string} text
 * @param {Map<string, string>} paint
 */
function fill(text, paint) {
  return text.replace(/%(?:%|\(([^)]*)\)s)/g, (_, /** @type {string | undefined} */ slot) => {
    if (slot === undefined) return "%";
    const colour = paint.get(slot);
    if (colour === undefined) throw new Error(`The drawing has no colour for ${slot}.`);
    return colour;
  });
}

/**
 * Markup as a whole SVG document of size × size pixels.
 *
 * @param {string} body
 * @param {number} size
 */
function svgDocument(body, size) {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ' +
    `viewBox="0 0 ${UNITS} ${UNITS}" width="${size}" height="${size}">${body}</svg>`
  );
}

/**
 * Where a figure stands, as an SVG transform.
 *
 * @param {Pose} pose
 */
function transform({ x, y, scale, turn, mirrored, stretch = 1 }) {
  const wide = scale * stretch * (mirrored ? -1 : 1);
  return `translate(${fixed(x, 2)} ${fixed(y, 2)}) rotate(${fixed(turn, 2)}) scale(${fixed(wide, 4)} ${fixed(scale, 4)}) translate(-100 -100)`;
}

/**
 * @typedef {object} Scene
 * @property {Marks} marks
 * @property {Record<string, string>} colours
 * @property {string} habitat
 * @property {Pose[]} poses
 * @property {[colour: string, opacity: number]} mood
 * @property {boolean} mirrored
 *
 * @param {Drawing} art
 * @param {Scene} scene
 * @param {string[] | null} parts
 */
function figures(art, scene, parts) {
  const one = figure(art, scene.marks, scene.colours, parts);
  return scene.poses.map((pose) => `<g transform="${transform(pose)}">${one}</g>`).join("");
}

/**
 * The whole image as an SVG document.
 *
 * @param {Scene} scene
 * @param {Drawing} art of its kind
 * @param {Record<string, Drawing>} habitats by name
 * @param {{ size?: number, parts?: string[] | null }} [options]
 */
function toSvg(scene, art, habitats, { size = 224, parts = null } = {}) {
  const ground = figure(habitats[scene.habitat], {}, {});
  const flip = scene.mirrored ? "translate(200 0) scale(-1 1)" : "";
  const [colour, opacity] = scene.mood;
  const light = `<rect x="-60" y="-60" width="320" height="320" fill="${colour}" fill-opacity="${fixed(opacity, 3)}"/>`;
  return svgDocument(`<g transform="${flip}">${ground}</g>${light}${figures(art, scene, parts)}`, size);
}

export { figure, fixed, roundEven, shade, svgDocument, toSvg, transform };
