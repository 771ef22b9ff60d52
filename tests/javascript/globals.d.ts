// What the scripts of a live page leave to each other: see book/live/page_kernel.js.
interface Window {
  clipnbLive: any;
}

// Libraries that book/vendor.py fetches for the site; their types are not checked.
declare module "*/tokenizers.min.mjs";
declare module "*/ort.wasm.min.mjs";
declare module "*/resvg.mjs";
