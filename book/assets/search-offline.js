// A page opened from the file system may not fetch its neighbours, and the search reads them for its excerpts. So it is given their texts from page-texts.js.
if (location.protocol === "file:") {
  const root = new URL("../", document.currentScript.src).href;
  window.fetch = (address) => {
    const page = new URL(address, location.href).href.split(/[?#]/)[0].replace(root, "");
    return Promise.resolve({ text: () => Promise.resolve(window.PAGE_TEXTS[page] || '<div role="main"></div>') });
  };
}
