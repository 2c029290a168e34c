// The page as its users meet it, in the system's Chromium: every engine does there what the command line does in Node, to the last bit of
// the state; and the page bears whatever is typed into it.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ENGINES } from '../../src/index.ts';
import { CHROMIUM, CHROMIUM_OPTIONS } from '../support/browser.ts';
import { clispin, folderWith } from '../support/cli.ts';

let browser: Browser;
let server: ChildProcess;
let url = '';

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  server = spawn(process.execPath, [join('dist', 'cli.js'), 'web', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  url = await new Promise((resolve) => server.stdout!.once('data', (line) => resolve(`${line}`.trim())));
  browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_OPTIONS });
});

afterAll(async () => {
  await browser?.close();
  server?.kill('SIGINT');
});

const open = async (address: string, options: { base?: string; width?: number } = {}): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width: options.width ?? 1000, height: 800 } });
  onTestFinished(() => page.close());
  page.on('pageerror', (error) => expect.unreachable(error.message));
  await page.goto(`${options.base ?? url}${address}`);
  return page;
};

const button = (page: Page) => page.locator('#go');
const text = async (page: Page, selector: string): Promise<string> => (await page.locator(selector).textContent()) ?? '';
const row = (page: Page, label: string): Promise<string> => text(page, `[data-row="${label}"]`);
const untilOver = (page: Page): Promise<void> => expect.poll(() => text(page, '#go'), { timeout: 100_000, interval: 50 }).toBe('Run');

const run = async (page: Page): Promise<void> => {
  await button(page).click();
  await untilOver(page);
};

interface Told {
  readonly console: string;
  readonly stateHash: string | undefined;
}

const withoutEnd = (console: string): string => console.replace(/\n+$/, '');

/** What a command, as the page shows it, prints in Node. */
const onCommandLine = (command: string): Told => {
  const image = join(folderWith({}), 'image');
  const commands = command.replaceAll(/mix-\d\d\.bin/g, image).split(' && ');
  const [{ stdout }] = commands.map((one) => clispin(one.split(' ').slice(1))).slice(-1);
  return { console: withoutEnd(stdout.slice(0, stdout.lastIndexOf('\n\n'))), stateHash: /state hash ([0-9a-f]{16})/.exec(stdout)?.[1] };
};

describe.skipIf(CHROMIUM === undefined)('the page does what the command line does', () => {
  describe.each([
    ['run=hard-cli', 'hard lockup on CPU 1, '],
    ['run=soft-spin', 'soft lockup on CPU 0, '],
    ['run=hard-cli&cpus=4&append=watchdog_thresh%3D5&seed=3', 'hard lockup on CPU 1, '],
    ['run=mix-64&scale=20', 'all results are right'],
    ['run=mix-32&scale=20', 'all results are right'],
  ])('%s', (choice, verdict) => {
    let inNode: Told | undefined;
    test.each(ENGINES)('%s: console and state hash', async (engine) => {
      const page = await open(`#${choice}&engine=${engine}`);
      await run(page);
      expect(await text(page, '#verdict')).toMatch(new RegExp(`^${verdict}.*: as expected$`));
      inNode ??= onCommandLine(await row(page, 'repeat'));
      expect(inNode.stateHash).toBeDefined();
      expect({ console: withoutEnd(await text(page, '#console')), stateHash: await row(page, 'state hash') }).toEqual(inNode);
    });
  });

  test('straight from the disk, and without asking anybody for anything', async () => {
    const page = await open('', { base: pathToFileURL(join('dist', 'web', 'index.html')).href });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await run(page);
    expect(await row(page, 'state hash')).toBe(onCommandLine('clispin run hard-cli').stateHash);
    expect(requests.filter((address) => !address.startsWith('blob:'))).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)('a run is seen', () => {
  test('the CPU that was locked up is shown deaf from the onset on, the other never after its start', async () => {
    const page = await open('#run=hard-cli');
    await run(page);
    const outline = async (cpu: number, kind: string): Promise<string> =>
      (await page.locator(`.strip:nth-child(${cpu + 1}) path.${kind}`).getAttribute('d')) ?? '';
    const columns = (path: string): number[] => [...path.matchAll(/M([\d.]+) /g)].map((match) => Number(match[1]));
    expect(columns(await outline(1, 'deaf')).filter((seconds) => seconds > 30)).not.toEqual([]);
    expect(columns(await outline(1, 'open')).filter((seconds) => seconds > 7)).toEqual([]);
    expect(columns(await outline(0, 'deaf')).filter((seconds) => seconds > 2)).toEqual([]);
    expect(await page.locator('#moments li').allTextContents()).toEqual([
      expect.stringMatching(/^\d\.\d{3} s onset$/),
      expect.stringMatching(/^\d\d\.\d{3} s hard lockup on CPU 1$/),
    ]);
  });

  test('reports and the onset stand out on the console', async () => {
    const page = await open('#run=hard-cli');
    await run(page);
    expect(await page.locator('#console .report').allTextContents()).toEqual([expect.stringContaining('Watchdog detected hard LOCKUP on cpu 1')]);
    expect(await page.locator('#console .onset').allTextContents()).toEqual([expect.stringContaining('hard_cli: start')]);
  });

  test('a run that is stopped says so, and another can follow', async () => {
    const page = await open('#run=mix-64&engine=interpret&scale=100000');
    await button(page).click();
    await page.locator('#figures').waitFor();
    await page.keyboard.press('Escape');
    await untilOver(page);
    expect(await text(page, '#status')).toMatch(/stopped/i);
    await page.locator('[name=run]').selectOption('soft-spin');
    await run(page);
    expect(await text(page, '#verdict')).toContain('soft lockup on CPU 0');
  });

  test('on a narrow screen nothing sticks out', async () => {
    const page = await open('#run=hard-cli', { width: 340 });
    await run(page);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });
});

describe.skipIf(CHROMIUM === undefined)('the page bears what is typed into it', () => {
  test('it is used by keyboard alone, and the focus stays on the button', async () => {
    const page = await open('');
    await page.keyboard.press('Tab');
    await page.keyboard.type('soft-spin');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await untilOver(page);
    expect(await text(page, '#verdict')).toContain('soft lockup on CPU 0');
    expect(await page.evaluate('document.activeElement.id')).toBe('go');
    expect(new URL(page.url()).hash).toBe('#run=soft-spin&engine=interpret');
  });

  test('a wrong address is told in words, and the page works as if it were not there', async () => {
    const page = await open('#run=sotf-spin&speed=9');
    expect(await page.locator('#problems pre').allTextContents()).toEqual([
      "speed: there is no such setting; did you mean 'seed'?",
      "run: there is no 'sotf-spin' here; did you mean 'soft-spin'?",
    ]);
    await run(page);
    expect(await text(page, '#verdict')).toContain('hard lockup on CPU 1');
    expect(await page.locator('#problems').isHidden()).toBe(true);
  });

  test('a new address is a new choice', async () => {
    const page = await open('#run=hard-cli');
    await page.evaluate("location.hash = '#run=mix-32&engine=interpret&scale=5'");
    await expect.poll(() => page.locator('[name=run]').inputValue()).toBe('mix-32');
    expect(await page.locator('[name=scale]').inputValue()).toBe('5');
    expect(await page.locator('[value=interpret]').isChecked()).toBe(true);
  });

  test('what cannot be run is not run', async () => {
    const page = await open('#run=hard-cli&cpus=many');
    await button(page).click();
    expect(await page.locator('#problems pre').allTextContents()).toEqual(['cpus=many is not in 1..16']);
    await page.locator('[name=cpus]').fill('');
    await page.locator('[name=append]').fill('cpu=9');
    await run(page);
    expect(await page.locator('#problems pre').allTextContents()).toEqual(['cpu=9: there is no CPU 9 among 2']);
    expect(await page.locator('#result').isHidden()).toBe(true);
  });

  test('markup in what the guest prints is text', async () => {
    const page = await open('#run=hard-cli&append=%3Cimg%2Fsrc%3Dx%3E');
    await run(page);
    expect(await text(page, '#console')).toContain('Command line: scenario=hard-cli <img/src=x>');
    expect(await page.locator('#console img').count()).toBe(0);
  });

  test('a guest that prints one line for ever does not make the page endless, and can be stopped', async () => {
    const page = await open('#run=mix-64');
    await page.locator('summary', { hasText: 'Source' }).click();
    const original = await page.locator('#source').inputValue();
    const endless = "work: mov ecx, 90000\n.wait: dec ecx\n jnz .wait\n mov al, 'A'\n call put\n jmp work\n"; // as fast as a serial port can
    await page.locator('#source').fill(original.replace(/^work: .*$/m, endless));
    await button(page).click();
    const lengths = (): Promise<number[]> => page.evaluate("[...document.querySelectorAll('#console > span')].map(({ textContent }) => textContent.length)");
    await expect.poll(async () => (await lengths()).length, { timeout: 60_000 }).toBeGreaterThan(2);
    await page.keyboard.press('Escape');
    await untilOver(page);
    expect(Math.max(...(await lengths()))).toBe(4096);
  });

  test('a source can be changed: a mistake has its place, a cure its effect, and the old one comes back', async () => {
    const page = await open('#run=hard-cli');
    await page.locator('summary', { hasText: 'Source' }).click();
    const source = page.locator('#source');
    const original = await source.inputValue();
    const line = original.split('\n').findIndex((one) => one.trim() === 'cli') + 1;
    await source.fill(original.replace(/^ +cli$/m, '        fly     eax'));
    await run(page);
    expect(await page.locator('#problems pre').allTextContents()).toEqual([expect.stringContaining(`asm/scenarios/hard-cli.asm:${line}:`)]);
    await source.fill(original.replace(/^ +cli$/m, '        sti').replace(/expect: .*/, 'expect: soft,cpu=1'));
    await run(page);
    expect(await text(page, '#verdict')).toMatch(/^soft lockup on CPU 1, .*: as expected$/);
    expect(await page.locator('[data-row=repeat]').count()).toBe(0);
    await page.locator('#restore').click();
    expect(await source.inputValue()).toBe(original);
    await run(page);
    expect(await text(page, '#verdict')).toContain('hard lockup on CPU 1');
  });
});

describe.skipIf(CHROMIUM === undefined)('a source that was changed', () => {
  const CHANGED = /^ +cli$/m;
  const edit = async (page: Page | Frame): Promise<string> => {
    await page.locator('summary', { hasText: 'Source' }).click();
    const source = page.locator('#source');
    const changed = (await source.inputValue()).replace(CHANGED, '        sti').replace(/expect: .*/, 'expect: soft,cpu=1');
    await source.fill(changed);
    return changed;
  };

  test('survives a reload, until it is given up', async () => {
    const page = await open('#run=hard-cli');
    const original = await page.locator('#source').inputValue();
    const changed = await edit(page);
    expect(new URL(page.url()).hash).toBe('#run=hard-cli');
    await page.reload();
    expect(await page.locator('#source').inputValue()).toBe(changed);
    await page.locator('summary', { hasText: 'Source' }).click();
    await page.locator('#restore').click();
    await page.reload();
    expect(await page.locator('#source').inputValue()).toBe(original);
  });

  test('is assembled once, as is the kernel without it', async () => {
    const page = await open('#run=hard-cli');
    await run(page);
    expect(await row(page, 'assembled')).toMatch(/^in /);
    const first = await row(page, 'state hash');
    await run(page);
    expect([await row(page, 'assembled'), await row(page, 'state hash')]).toEqual(['for an earlier run', first]);
    await page.locator('[name=run]').selectOption('soft-spin');
    await run(page);
    expect(await row(page, 'assembled')).toBe('for an earlier run');
    await page.locator('[name=run]').selectOption('hard-cli');
    await edit(page);
    await run(page);
    expect([await row(page, 'assembled'), await text(page, '#verdict')]).toEqual([expect.stringMatching(/^in /), expect.stringMatching(/^soft lockup on CPU 1, /)]);
  });

  test('a frame without an origin runs, and keeps it in its address', async () => {
    const file = readFileSync(join('dist', 'web', 'index.html'));
    const frameOf = '<iframe sandbox="allow-scripts" src="/index.html#run=hard-cli" width="900" height="700"></iframe>';
    const host = createServer(({ url: path }, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(path === '/' ? frameOf : file);
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void host.close());
    const page = await open('', { base: `http://127.0.0.1:${(host.address() as AddressInfo).port}/` });
    const frame = page.frames()[1];
    await frame.locator('#go').click();
    await expect.poll(() => frame.locator('#status').textContent(), { timeout: 100_000 }).toBe('Over: as expected.');
    const changed = await edit(frame);
    await frame.evaluate('location.reload()');
    await expect.poll(() => frame.locator('#source').inputValue()).toBe(changed);
    await frame.locator('#go').click();
    await expect.poll(() => frame.locator('#status').textContent(), { timeout: 100_000 }).toBe('Over: as expected.');
    expect(await frame.locator('#verdict').textContent()).toMatch(/^soft lockup on CPU 1, /);
  });

  test('a page that is a document within another has no address at all, and runs', async () => {
    const page = await open('', { base: 'about:blank' });
    const file = readFileSync(join('dist', 'web', 'index.html'), 'utf8');
    await page.setContent('<iframe sandbox="allow-scripts" width="900" height="700"></iframe>');
    await page.locator('iframe').evaluate((frame, text) => frame.setAttribute('srcdoc', text), file);
    const frame = page.frameLocator('iframe');
    await frame.locator('[name=run]').selectOption('soft-spin');
    await frame.locator('#go').click();
    await expect.poll(() => frame.locator('#status').textContent(), { timeout: 100_000 }).toBe('Over: as expected.');
  });
});
