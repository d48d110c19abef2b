import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Where `vite` (development only) forwards API calls and the live socket. */
const DEVELOPMENT_SERVER = "http://127.0.0.1:8080";

/**
 * The console uses of the contract its types, which are erased, and each endpoint's method and address. Its
 * schemas are for the server: here they are made by a stand-in, which saves 15 KB of the first download.
 */
const contractWithoutSchemas: Plugin = {
  name: "contract-without-schemas",
  enforce: "pre",
  resolveId(id, importer) {
    if (id !== "typebox" || importer === undefined || !/[\\/]contract[\\/]src[\\/]/.test(importer))
      return undefined;
    return fileURLToPath(new URL("./src/data/no-schemas.ts", import.meta.url));
  },
};

export default defineConfig({
  plugins: [contractWithoutSchemas, react()],
  worker: { format: "es" },
  /** The server replaces this placeholder in index.html with a fresh nonce for every response. */
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: "dist",
    target: ["chrome123", "firefox128", "safari17.5"],
    /** Every asset is a file of its own: the policy allows no data: URL for fonts or scripts. */
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      /**
       * The console, the page of whoever was sent a link to a clip, and the service worker: nothing of one is in the
       * other. The worker has one address for ever, because browsers ask for its newest version there.
       */
      input: ["index.html", "share.html", "src/service-worker/service-worker.ts"].map((entry) =>
        fileURLToPath(new URL(entry, import.meta.url)),
      ),
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "sw.js" : "assets/[name]-[hash].js"),
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: "chart", test: /node_modules[\\/]uplot[\\/]/, priority: 3 },
            {
              name: "table",
              test: /node_modules[\\/]@tanstack[\\/](react-table|table-core|react-virtual|virtual-core)[\\/]/,
              priority: 3,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": { target: DEVELOPMENT_SERVER, ws: true } },
  },
});
