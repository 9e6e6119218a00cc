// Builds one module and one style sheet for each entry; Django's `frontend` template tags read
// the manifest. Nothing is inlined: the content security policy allows files only.
import { defineConfig } from "vite";
import { chinese } from "./chinese.js";

const entries = ["app", "viewer", "diagrams", "tables", "fields", "texts", "drafts", "difference"];

export default defineConfig({
  base: "./",
  resolve: { dedupe: ["preact", "diagram-js"] }, // two copies of preact do not know each other
  plugins: [chinese()],
  publicDir: false,
  build: {
    target: "chrome89",
    manifest: true,
    outDir: "dist",
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000, // the editors are loaded on their own pages only
    rolldownOptions: {
      input: Object.fromEntries(entries.map((name) => [name, `src/${name}.js`])),
    },
  },
});
