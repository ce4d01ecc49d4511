import { createReadStream, createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = fileURLToPath(new URL('./dist/web', import.meta.url));
const server = 'http://127.0.0.1:4321';

const LAZY =
  /node_modules[\\/](@tabler|echarts|zrender|yaml|fflate|@tanstack[\\/](react-)?(table|virtual)(-core)?)[\\/]/;

function isVendor(path: string): boolean {
  return path.includes('node_modules') && !LAZY.test(path);
}

/** Writes a `.br` and a `.gz` beside every text asset, so that the server compresses nothing while it runs. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir, 'assets');
    },
    async closeBundle() {
      const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        names.flatMap((name) => {
          const path = join(folder, name);
          const brotli = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
          return [
            pipeline(createReadStream(path), brotli, createWriteStream(`${path}.br`)),
            pipeline(createReadStream(path), createGzip({ level: 9 }), createWriteStream(`${path}.gz`)),
          ];
        }),
      );
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('./web', import.meta.url)),
  publicDir: false,
  plugins: [react(), precompress()],
  html: { cspNonce: '%NONCE%' },
  server: { proxy: { '/api': server, '/hooks': server } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: isVendor, priority: 1 },
            // Loaded when a chart, a table or the settings of a source are first drawn, or a workbook is written.
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
            { name: 'yaml', test: /node_modules[\\/]yaml[\\/]/ },
            { name: 'zip', test: /node_modules[\\/]fflate[\\/]/ },
            { name: 'table', test: /node_modules[\\/]@tanstack[\\/](react-)?(table|virtual)(-core)?[\\/]/ },
          ],
        },
      },
    },
  },
});
