// What the scripts share with Python and with each other: documents and traits of the widgets (state.py and widget.py of each), and what a live page
// leaves on its window. Types only; nothing of it reaches a reader.

// -- a widget and its model -----------------------------------------------------------------------

/** A trait of bytes: a DataView in JupyterLab, something else of the kind elsewhere. */
type Bytes = ArrayBufferView<ArrayBuffer> | ArrayBuffer;

type Embedding = Float32Array<ArrayBuffer>;

/** What anywidget gives a page: traits that can be read, set and heard. */
interface Model<Traits> {
  get<Name extends keyof Traits & string>(name: Name): Traits[Name];
  set<Name extends keyof Traits & string>(name: Name, value: Traits[Name]): void;
  on(event: string, hear: () => void): void;
  send(message: object): void;
}

/** What `render` gets. */
interface Place<Traits> {
  model: Model<Traits>;
  el: HTMLElement;
}

/** What a page may say in other words where the model runs in it, and how long it waits before new text is sent. */
interface LiveTraits {
  absent?: string;
  pause?: number;
}

/** base.py */
interface WidgetTraits extends LiveTraits {
  problem: string;
  answered: Record<string, number>;
  failures: number;
}

interface DocumentTraits<Document, Edited extends keyof Document> extends WidgetTraits {
  document: Document;
  first: Pick<Document, Edited> | Record<string, never>;
}

/** What a widget does with its document: its actions with their arguments, the entries that undo and reset bring back, and the actions of which several at
 * one place are one step. */
interface Rules<Document, Actions, Edited extends keyof Document> {
  actions: { [Name in keyof Actions]: (document: Document, rest: Actions[Name]) => unknown };
  edited: Edited[];
  merged: (keyof Actions)[];
}

type ActionOf<Actions> = { [Name in keyof Actions]: { do: Name } & Actions[Name] }[keyof Actions] | { do: "undo" } | { do: "reset" };

/** Performs an action; `later` waits for a pause in the typing before the kernel is told. */
type Act<Actions> = (action: ActionOf<Actions>, later?: boolean) => void;

/** Properties of an element, and what h() writes in a way of its own. */
interface Properties {
  class?: string;
  role?: string;
  for?: string;
  aria?: Record<string, string>;
  data?: Record<string, string>;
  [name: string]: unknown;
}

// -- images, texts and reasons --------------------------------------------------------------------

/** choosing.py */
interface ImageEntry {
  index: number;
  name: string;
  truth: string;
  uri: string;
}

interface ChoosingTraits extends WidgetTraits {
  pictures: ImageEntry[];
  extra: ImageEntry | Record<string, never>;
  total: number;
  own?: boolean;
  /** A widget that was saved and has no kernel. */
  saved?: boolean;
}

interface ScoredSettings {
  dim: number;
  scale: number;
  bias: number;
  sigmoid: boolean;
}

/** scored.py */
interface ScoredTraits extends ChoosingTraits {
  picture_vectors: Bytes;
  extra_vector: Bytes;
  texts: string[];
  vectors: Bytes;
  new_texts: string[];
  new_vectors: Bytes;
}

/** A prompt of a class, and its share of the class's score. */
interface ScoredRow {
  row?: number;
  text: string;
  cosine: number;
  share: number;
  mean?: number | null;
}

/** reasons.py */
interface Why {
  left: string;
  right: string;
  margin: number;
  usual: number;
  images: number;
  parts: { name: string; text: string; centred: number }[];
  others?: number;
  rest?: number;
}

// -- the widgets ----------------------------------------------------------------------------------

interface ConfusionMatrix {
  name: string;
  classes: string[];
  counts: number[][];
  others: boolean;
  summary: string;
}

type Cell = [row: number, column: number];

interface ConfusionsDocument {
  group: number;
  cell: Cell | null;
  picture: number | null;
}

interface ConfusionsActions {
  open: { row: number; column: number };
  choose: { group: number };
  pick: { picture: number };
}

interface ConfusionsEntry {
  index: number;
  name: string;
  truth: string;
  taken: string;
  probability: number;
}

interface ConfusionsBehind {
  group: number;
  cell: Cell | null;
  pictures: (ConfusionsEntry & { uri: string })[];
  count: number;
  picture: number | null;
  chosen?: ConfusionsEntry;
  uri?: string;
  why?: Why | null;
}

interface ConfusionsTraits extends DocumentTraits<ConfusionsDocument, never> {
  matrices: ConfusionMatrix[];
  behind: ConfusionsBehind;
  settings: { other: string };
}

/** Slot → value. */
type Marks = Record<string, string>;

interface CreatureDocument {
  marks: Marks;
  habitat: string;
  rival: number | null;
}

interface CreatureActions {
  set: { of: string; value: string };
  settle: { habitat: string };
  start: { species: number };
  become: { marks: Marks };
  against: { of: number };
}

interface Species {
  name: string;
  seen: boolean;
  marks: Marks;
  habitat: string;
}

interface CreatureSettings {
  kind: string;
  groups: { title: string; slots: { slot: string; label: string }[] }[];
  needs: Record<string, Record<string, string[]>[]>;
  values: Record<string, string[]>;
  colours: Record<string, string>;
  habitats: string[];
  species: Species[];
  classes: number;
}

interface CreatureTruth {
  nearest: string;
  away: number;
  truth: string;
  words: string;
}

interface CreatureOpinion extends CreatureTruth {
  leaders: { of: number; name: string; score: number; probability: number }[];
  rival: number;
  why: Why;
  marks: Marks;
  habitat: string;
  asked: number | null;
  uri: string;
  unseen?: boolean;
}

interface CreatureTraits extends DocumentTraits<CreatureDocument, "marks" | "habitat"> {
  opinion: CreatureOpinion;
  settings: CreatureSettings;
}

type Point = [x: number, y: number];

interface EmbeddingMapDocument {
  centred: boolean;
  chosen: number | null;
  selected: number[];
}

interface EmbeddingMapActions {
  choose: { point: number };
  centre: { on: boolean };
  select: { points: number[] };
  toggle: { point: number };
}

interface EmbeddingMapPoint {
  what: "picture" | "sentence";
  text: string;
  group: number;
  raw: Point;
  centred: Point;
  near: [point: number, cosine: number][];
  uri: string;
}

interface EmbeddingMapSettings {
  groups: string[];
  gap: string;
  colours: string[];
  shapes: string[];
  grey: string;
  dot: string;
}

interface EmbeddingMapTraits extends DocumentTraits<EmbeddingMapDocument, "selected"> {
  points: EmbeddingMapPoint[];
  large: { point?: number; uri?: string };
  settings: EmbeddingMapSettings;
}

interface ExplorerRow {
  text: string;
  on: boolean;
  weight: number;
}

interface ExplorerClass {
  name: string;
  rows: ExplorerRow[];
}

interface ExplorerDocument {
  picture: number;
  /** null: a side that follows the ranking. */
  compare: [left: number | null, right: number | null];
  classes: ExplorerClass[];
}

interface ExplorerActions {
  choose: { picture: number };
  compare: { side: number; of: number };
  follow: {};
  edit: { of: number; row: number; text: string };
  switch: { of: number; row: number; on: boolean };
  switch_all: { of: number; on: boolean };
  weigh: { of: number; row: number; weight: number };
  add: { of: number };
  remove: { of: number; row: number };
}

interface ExplorerSettings extends ScoredSettings {
  include_name: boolean;
  provenance: Record<string, unknown>;
  images: number;
}

interface ExplorerTraits extends ScoredTraits, DocumentTraits<ExplorerDocument, "classes"> {
  settings: ExplorerSettings;
}

interface HeadsDocument {
  picture: number;
  sentence: string;
  part: number;
  patch: number;
  centred: boolean;
}

interface HeadsActions {
  choose: { picture: number };
  write: { text: string };
  open: { part: number };
  look: { patch: number };
  centre: { on: boolean };
}

interface HeadsSeen {
  key: [picture: number, sentence: string];
  values: number[];
  usual: number[];
  cosine: number;
  top: number[][];
  highest: number[][];
  small: ImageEntry[];
  uri: string;
  width: number;
  height: number;
}

interface HeadsSettings {
  layers: number;
  heads: number;
  rows: number;
  columns: number;
  longest: number;
  searched: number;
  classes: string[];
  prompts: string[];
  described: { texts: string[]; share: number }[];
}

interface HeadsTraits extends ChoosingTraits, DocumentTraits<HeadsDocument, "sentence"> {
  seen: HeadsSeen;
  settings: HeadsSettings;
  /** (layers, heads, 1 + patches) float32 */
  maps: Bytes;
}

interface HeatmapsDocument {
  picture: number;
  of: number;
  descriptor: number;
  method: string;
  opacity: number;
}

interface HeatmapsActions {
  choose: { picture: number };
  describe: { of: number };
  slide: { to: number };
  use: { method: string };
  fade: { opacity: number };
}

interface HeatmapsSettings {
  names: string[];
  groups: string[][];
  methods: string[];
  titles: string[];
  own: Record<string, number>;
}

interface HeatmapsSeen {
  key: [picture: number, of: number, method: string];
  rows: number;
  columns: number;
  cosines: number[];
}

interface HeatmapsTraits extends ChoosingTraits, DocumentTraits<HeatmapsDocument, never> {
  seen: HeatmapsSeen;
  values: Bytes;
  settings: HeatmapsSettings;
}

interface InsideDocument {
  picture: number;
  sentence: string;
  step: number;
  patch: number;
  query: string;
  head: [layer: number, head: number];
  text_head: [layer: number, head: number];
  token: number;
  number: number;
}

interface InsideActions {
  choose: { picture: number };
  write: { text: string };
  go: { step: number };
  look: { patch: number };
  ask: { query: string };
  open: { layer: number; head: number };
  open_text: { layer: number; head: number };
  pick: { token: number };
  count: { number: number };
}

interface InsideToken {
  id: number;
  piece: string;
  text: string;
  part: string;
}

interface InsideSeen {
  key: [picture: number, sentence: string, asked: number];
  uri: string;
  tokens: InsideToken[];
  read: number;
  cut: boolean;
}

interface InsideSettings {
  steps: { title: string; parts: string[]; text: string }[];
  prompts: string[];
  names: string[];
  dim: number;
  scale: number;
  bias: number;
  sigmoid: boolean;
  longest: number;
  maxTokens: number;
  rows: number;
  columns: number;
  width: number;
  height: number;
  queries: string[];
  classToken: boolean;
  pooling: boolean;
  causal: boolean;
  imageHeads: [layers: number, heads: number];
  textHeads: [layers: number, heads: number];
}

interface InsideTraits extends ChoosingTraits, DocumentTraits<InsideDocument, "sentence"> {
  seen: InsideSeen;
  attention: Bytes;
  text_attention: Bytes;
  image_embedding: Bytes;
  text_embedding: Bytes;
  prompt_vectors: Bytes;
  positions: Bytes;
  settings: InsideSettings;
}

/** What pages draw: the traits of look_inside as numbers. */
interface InsideView {
  document: InsideDocument;
  settings: InsideSettings;
  seen: InsideSeen;
  /** (layers, heads, from), one after the other */
  attention: Float32Array;
  /** (layers, heads, to, from) */
  textAttention: Float32Array;
  image: Embedding;
  text: Embedding;
  products: number[];
  candidates: string[];
  cosines: number[];
  probabilities: number[];
  /** (patches, patches) from -127 to 127 */
  positions: Int8Array;
  token: number;
}

interface InspectorDocument {
  picture: number;
  sentence: string;
  token: number;
  patch: number;
  show: string;
}

interface InspectorActions {
  choose: { picture: number };
  write: { text: string };
  pick: { token: number };
  look: { patch: number };
  display: { what: string };
}

interface InspectorToken {
  id: number;
  piece: string;
  text: string;
  part: string;
  word: number | null;
  share: number;
}

interface InspectorSeen {
  key: [picture: number, sentence: string];
  tokens: InspectorToken[];
  cut: boolean;
  words: string[];
  rows: number;
  columns: number;
  maps: number[][];
  cosine: number;
  uri: string;
  width: number;
  height: number;
}

interface InspectorSettings {
  tokens: number;
  patches: number;
  longest: number;
}

interface InspectorTraits extends ChoosingTraits, DocumentTraits<InspectorDocument, "sentence"> {
  seen: InspectorSeen;
  settings: InspectorSettings;
}

interface PlaygroundRow {
  text: string;
  on: boolean;
}

interface PlaygroundDocument {
  picture: number;
  templates: PlaygroundRow[];
  names: PlaygroundRow[];
  scale: number;
  show: "probability" | "cosine";
}

interface PlaygroundActions {
  display: { what: string };
  choose: { picture: number };
  rescale: { scale: number };
  edit: { of: string; row: number; text: string };
  switch: { of: string; row: number; on: boolean };
  add: { of: string };
  remove: { of: string; row: number };
}

interface PlaygroundSettings extends ScoredSettings {
  least: number;
  most: number;
}

interface PlaygroundTraits extends ScoredTraits, DocumentTraits<PlaygroundDocument, "templates" | "names" | "scale"> {
  settings: PlaygroundSettings;
}

interface SimilarityDocument {
  picture: number;
  sentence: number;
  step: number;
}

interface SimilarityActions {
  point: { picture: number; sentence: number };
  step: { to: number };
}

interface SimilarityTraits extends DocumentTraits<SimilarityDocument, never> {
  pictures: { name: string; truth: string; uri: string }[];
  sentences: string[];
  values: Bytes;
  palette: Bytes;
  settings: { labels: string[]; own: number[] | null };
}

interface WallDocument {
  sentence: string;
  picture: number;
}

interface WallActions {
  write: { text: string };
  choose: { picture: number };
}

interface WallToken {
  text: string;
  id: number;
}

interface WallSettings extends ScoredSettings {
  starters: string[];
  longest: number;
  /** Text to begin with → why it fails on these images. */
  failures: Record<string, string>;
  /** What texts without meaning reach with their best image. */
  nonsense: [low: number, high: number];
}

interface WallTraits extends ScoredTraits, DocumentTraits<WallDocument, "sentence"> {
  tokens: Record<string, WallToken[]>;
  settings: WallSettings;
}

/** The first screen of the site, which has no counterpart in a notebook. */
interface FirstDocument {
  sentence: string;
  why: boolean;
}

interface FirstActions {
  write: { text: string };
  ask: { why: boolean };
}

interface FirstTraits extends ScoredTraits, DocumentTraits<FirstDocument, "sentence"> {
  tokens: Record<string, WallToken[]>;
  settings: WallSettings;
}

/** Just names, on the site: what a reader writes, as it was written. */
interface NamesDocument {
  picture: number;
  list: string;
  descriptors: [name: string, text: string][];
  /** Whether classes are scored by their descriptors, and whether each of these has the name before it. */
  described: boolean;
  named: boolean;
  why: boolean;
}

interface NamesActions {
  choose: { picture: number };
  write: { text: string };
  describe: { of: string; text: string };
  use: { descriptors: boolean };
  name: { on: boolean };
  ask: { why: boolean };
}

interface NamesTraits extends ScoredTraits, DocumentTraits<NamesDocument, "list" | "descriptors" | "described" | "named"> {
  settings: ScoredSettings;
  /** The mean embedding of so many images, against which reasons are centred. */
  reference: { images: number; mean: number[] };
  /** The prompts of which the network does not read the end. */
  cut?: number;
  /** What scores in the place of the bundled CLIP. */
  brought?: string;
}

// -- a live page of the site ----------------------------------------------------------------------

/** A widget as stored.py writes it. */
interface StoredPage {
  widget: string;
  traits: Record<string, unknown>;
  bytes: Record<string, string>;
}

/** drawings.py: pieces are [part or null, number of their conditions, text with %(slot)s]. */
interface Drawing {
  parts: string[];
  conditions: [slot: string, values: string[]][][];
  pieces: [part: string | null, when: number, text: string][];
}

/** Where a figure stands. */
interface Pose {
  x: number;
  y: number;
  scale: number;
  turn: number;
  mirrored: boolean;
  stretch?: number;
}

/** creatures.py */
interface KindOfCreature {
  name: string;
  dim: number;
  scale: number;
  pose: Pose;
  parts: VisiblePart[];
  classes: { name: string; prompts: string[]; embeddings: string }[];
  species: string;
  art: Drawing;
}

/** The slots of a part, and slot → values with which it can be seen. */
interface VisiblePart {
  slots: string[];
  shown: Record<string, string[]>;
}

/** The scripts of a live page leave this to each other: see book/live/page_kernel.js. */
interface ClipnbLive {
  styles: Record<string, string>;
  pages: Record<string, StoredPage>;
  habitats: Record<string, Drawing>;
  /** What an address holds, for tests. */
  links: {
    packed: typeof import("../../book/live/address.js").packed;
    unpacked: typeof import("../../book/live/address.js").unpacked;
    linkOf: typeof import("../../book/live/states.js").linkOf;
    restored: (name: string, state: Record<string, any>) => object;
  };
}

interface Window {
  clipnbLive: ClipnbLive;
}

/** Traits of a live page that no widget has in a notebook: `kind` is that of the creature designer. */
interface LiveCreatureTraits extends CreatureTraits {
  kind: KindOfCreature;
}

/** A model with a kernel in the page; several traits can be set at once, so that nobody sees half of them. */
interface LiveModel<Traits> extends Model<Traits> {
  set<Name extends keyof Traits & string>(name: Name, value: Traits[Name]): void;
  set(values: Partial<Traits>): void;
}

/** The bundled model in a page. */
type Clip = import("../../book/live/engine.js").Clip;

/** What is asked of a kernel in the page. */
interface Asked<Traits> {
  model: LiveModel<Traits>;
  clip: Clip;
}

/** A widget that is shown on a live page. */
interface Shown<Traits> {
  model: LiveModel<Traits>;
  start: (clip: Clip) => Promise<void>;
}

/** What a live page has beside its widget is made from this. */
interface LivePlace<Traits> {
  place: HTMLElement;
  model: LiveModel<Traits>;
  /** Shows another page as it was left; "clipnb-visit" tells of it, and of those that a link asks for. */
  visit: (name: string) => Promise<void>;
  /** Shows the page with traits that another network has made, or with the stored ones and the bundled network again. */
  exchange: (page: StoredPage, network: Clip | null) => void;
  here: URL;
}

/** What a widget needs on a live page. */
interface LiveKind<Traits> {
  render: (place: Place<Traits>) => void;
  /** What Python would answer. */
  answer: (asked: Asked<Traits>) => Promise<void>;
  /** What can be answered at once and without the network. */
  meanwhile?: (asked: Pick<Asked<Traits>, "model">) => void;
  /** What of the document stands in the address. */
  link: import("../../book/live/states.js").Rule;
  /** Lines of Python that show the same state in a notebook; `name` is that of the page. */
  code: (model: LiveModel<Traits>, name: string) => string[];
  /** What the page has beside the widget. */
  extras?: (page: LivePlace<Traits>) => void;
  /** Whether the network is needed now; a page that says so does without it until then. */
  isNeeded?: (asked: Pick<Asked<Traits>, "model">) => boolean;
  /** What is left without the network, as a text for the reader. */
  alone?: string;
}

/** Pixels as a canvas gives them: red, green, blue and alpha. */
interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

// -- the service worker of the site (keeper.js): what it uses of its surroundings, which the types of a page lack -------

interface KeeperEvent extends Event {
  waitUntil(end: Promise<unknown>): void;
  data?: { keep: string[]; model: boolean } | "take over";
}

interface KeeperFetch extends KeeperEvent {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Keeper {
  /** What the build knows: its number, and the digest of every file, by path. */
  clipnbSite: { version: string; files: Record<string, string> };
  registration: ServiceWorkerRegistration;
  clients: { claim(): Promise<void>; matchAll(): Promise<unknown[]> };
  skipWaiting(): Promise<void>;
  addEventListener(what: "fetch", hear: (event: KeeperFetch) => void): void;
  addEventListener(what: "install" | "activate" | "message", hear: (event: KeeperEvent) => void): void;
}

// -- libraries that book/vendor.py fetches for the site: what is used of them --------------------

declare module "*/tokenizers.min.mjs" {
  export class Tokenizer {
    constructor(tokenizer: object, config: object);
    encode(text: string): { ids: number[] };
    id_to_token(id: number): string;
  }
}

declare module "*/xz.mjs" {
  export class XzReadableStream extends ReadableStream<Uint8Array> {
    constructor(packed: ReadableStream<Uint8Array>);
  }
}

declare module "*/ort.wasm.min.mjs" {
  export const env: { wasm: object; logLevel: string };
  export class Tensor {
    constructor(type: string, data: ArrayBufferView, dims: readonly number[]);
    type: string;
    size: number;
    data: Float32Array<ArrayBuffer>;
    dims: readonly number[];
    dispose(): void;
  }
  export class InferenceSession {
    static create(model: Uint8Array, options: object): Promise<InferenceSession>;
    inputNames: readonly string[];
    outputNames: readonly string[];
    run(feeds: Record<string, Tensor>, wanted?: string[]): Promise<Record<string, Tensor>>;
  }
}

declare module "*/resvg.mjs" {
  export function initWasm(module: ArrayBuffer): Promise<void>;
  export class Resvg {
    constructor(svg: string, options: object);
    render(): { width: number; height: number; pixels: Uint8Array; free(): void };
    free(): void;
  }
}
