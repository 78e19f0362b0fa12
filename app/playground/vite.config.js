// Builds the playground into assets/: index.html, and files whose names have a hash of their content. The server
// fills in what is in double braces.
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/playground/assets/",
  publicDir: false,
  logLevel: "warn",
  server: { fs: { allow: ["../.."] } },
  worker: { format: "es" },
  build: {
    outDir: "assets",
    assetsDir: "",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
    rolldownOptions: {
      // Packages mark components for React servers, which do not matter here.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
});
