// @ts-check
// A class name and a descriptor as one text: "robin, which has a red breast". The twin of clipnb/classify/phrasing.py, whose comments say why. No DOM.

const VERBS = "is are was were has have had can could may might does do doesn isn hasn aren looks appears resembles lacks also often usually typically sometimes".split(" ");
const PARTICIPLES = "made used covered shaped found known marked coloured colored similar".split(" ");
const WORD = "[\\p{L}\\p{N}_]"; // what Python calls \w, and the bounds of a word by it
const WORDS = "[\\p{L}\\p{N}_-]+";
const [START, END] = [`(?<!${WORD})(?=${WORD})`, `(?!${WORD})`];
const VERB = `(?:${VERBS.join("|")})${END}`;
const SUBJECT = new RegExp(`^(?:it|they|he|she|which|that|who|(?:this|these)(?: ${WORDS}){0,3}?) (?=${VERB})`, "iu");
const SHORT = /^(?:it|they|he|she|that|who)['’](?:s|re) /iu;
const THERE = /^there (?:is|are) /iu;
const OWN = new RegExp(`^(?:whose |(?:its|their|his|her) (?=(?:${WORDS} ){1,6}?${VERB}))`, "iu");
const OTHER = new RegExp(
  `^(?:the|those|some|most|many|all|you|we|[A-Z]${WORDS.replace(/\+$/, "*")}) (?:(?!${START}(?:that|which|who|whose|when|where|with|as|if)${END}).)*?${START}(?:is|are|has|have|was|were|can|may|will)${END}`,
  "su"
);
const IS_VERB = new RegExp(`^${VERB}`, "iu");
const FIRST = new RegExp(`^${WORD}*`, "u");
/** @type {Record<string, string>} */
const SINGULAR = { are: "is", have: "has", were: "was", do: "does" };

/**
 * The first word in lower case, and what follows it.
 *
 * @param {string} text
 */
function firstWord(text) {
  const word = FIRST.exec(text)?.[0] ?? "";
  return [word.toLowerCase(), text.slice(word.length)];
}

/**
 * A sentence about the class without its subject; any other text as it is.
 *
 * @param {string} text
 */
function predicate(text) {
  for (const [start, verb] of /** @type {[RegExp, string][]} */ ([[SHORT, "is "], [THERE, "has "]])) {
    const found = start.exec(text);
    if (found) return verb + text.slice(found[0].length);
  }
  const subject = SUBJECT.exec(text);
  if (!subject) return text;
  const [verb, rest] = firstWord(text.slice(subject[0].length));
  return (Object.hasOwn(SINGULAR, verb) ? SINGULAR[verb] : verb) + rest;
}

/**
 * @param {string} name
 * @param {string} descriptor
 */
export function describe(name, descriptor) {
  const whole = descriptor.replace(/^[ ,;]+|[ ,;]+$/g, "");
  const own = OWN.exec(whole);
  if (own) return `${name}, whose ${whole.slice(own[0].length)}`;
  const text = predicate(whole);
  const [first, rest] = firstWord(text);
  if (VERBS.includes(first)) return `${name}, which ${first}${rest}`;
  if (PARTICIPLES.includes(first)) return `${name}, which is ${first}${rest}`;
  if (first === "with") return `${name} with${rest}`;
  if (OTHER.test(predicate(text)) && !IS_VERB.test(text)) return `${name}: ${text}`;
  return `${name}, which has ${text}`;
}
