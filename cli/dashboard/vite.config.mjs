// How the dashboard becomes files: one script, one style sheet, hashed names, a manifest. Owns: the build's options. `.ci/dashboard.mjs`
// runs it and presses the files.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  configFile: false,
  // Addresses are relative, so the page also works behind a proxy that serves kaipo under another path.
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    cssCodeSplit: false,
    // Nothing is inlined: the policy of the page allows what has an address of its own, and nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What compiling components costs is known.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  logLevel: 'warn',
});
