// Tells where the module of saved anywidgets lies: beside this file, and not on a server of others.
require.config({ paths: { anywidget: new URL("vendor/anywidget", document.currentScript.src).href } });
