// Tells where the module of saved anywidgets and the icon fonts of widgets lie: beside this file, and not on a server of others.
window.__jupyter_widgets_assets_path__ = new URL("vendor/", document.currentScript.src).href;
require.config({ paths: { anywidget: new URL("vendor/anywidget", document.currentScript.src).href } });
