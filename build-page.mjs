// src/web and the assembly sources → dist/web/index.html, one file with all in it: it loads nothing, so it works from any host and straight
// from a disk. What index.html refers to is put in its place.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The kernel with its scenarios, and the integer mix. */
const FOLDERS = ['asm', 'asm/scenarios'];
const PROGRAM = ['bench/programs/bench.inc', 'bench/programs/mix.asm'];

/** A program as one classic script, safe between <script> and </script>. */
const bundle = async (root, entryPoint) => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'warning',
  });
  const [{ text }] = outputFiles;
  if (/<!--|<\/?script/i.test(text)) throw new Error(`The bundle of ${entryPoint} has something in it that would end its script element.`);
  return text;
};

const sourcesJson = (root) => {
  const filesIn = (folder) =>
    readdirSync(join(root, folder))
      .filter((file) => /\.(asm|inc)$/.test(file))
      .map((file) => `${folder}/${file}`);
  const paths = [...FOLDERS.flatMap(filesIn), ...PROGRAM];
  const sources = Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  return JSON.stringify(sources).replaceAll('<', '\\u003c');
};

export const buildPage = async (root) => {
  const read = (file) => readFileSync(join(root, 'src/web', file), 'utf8');
  const parts = [
    ['<link rel="stylesheet" href="style.css">', `<style>\n${read('style.css')}</style>`],
    ['<script type="application/json" id="sources"></script>', `<script type="application/json" id="sources">${sourcesJson(root)}</script>`],
    ['<script type="text/plain" id="worker"></script>', `<script type="text/plain" id="worker">${await bundle(root, 'src/web/worker.ts')}</script>`],
    ['<script src="main.ts"></script>', `<script>${await bundle(root, 'src/web/main.ts')}</script>`],
  ];
  let page = read('index.html');
  for (const [reference, content] of parts) {
    if (!page.includes(reference)) throw new Error(`index.html does not have ${reference}`);
    page = page.replace(reference, () => content);
  }
  mkdirSync(join(root, 'dist/web'), { recursive: true });
  writeFileSync(join(root, 'dist/web/index.html'), page);
};
