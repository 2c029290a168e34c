// `clispin web`: one page, to this machine, until Ctrl-C.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clispin } from '../support/cli.ts';

let server: ChildProcess;
let port = '';

beforeAll(async () => {
  server = spawn(process.execPath, [join('dist', 'cli.js'), 'web', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) => server.stdout!.once('data', resolve));
  port = /^http:\/\/127\.0\.0\.1:(\d+)\/\n$/.exec(`${line}`)?.[1] ?? '';
});

afterAll(() => {
  server.kill('SIGKILL');
});

/** The path goes out as it stands here, which fetch() would not do. */
const askWithHeaders = (path: string, method = 'GET', host = `127.0.0.1:${port}`): Promise<{ status: number | undefined; body: string; headers: IncomingHttpHeaders }> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let body = '';
      response.on('data', (data) => (body += data));
      response.on('end', () => resolve({ status: response.statusCode, body, headers: response.headers }));
    });
    asked.on('error', reject);
    asked.end();
  });
const ask = async (path: string, method = 'GET', host?: string) => {
  const { status, body } = await askWithHeaders(path, method, host);
  return { status, body };
};

test('it says where it is, and there is the page', async () => {
  const page = readFileSync(join('dist', 'web', 'index.html'), 'utf8');
  for (const path of ['/', '/index.html', '/?from=somewhere']) expect(await ask(path)).toEqual({ status: 200, body: page });
  expect(await ask('/', 'HEAD')).toEqual({ status: 200, body: '' });
});

test.each(['/../cli.js', '/..%2f..%2fpackage.json', '/index.htm', '//', '/web/index.html', '/index.html/..'])('%s is not there', async (path) =>
  expect(await ask(path)).toEqual({ status: 404, body: '' }));

test('whoever has made another name point here gets nothing', async () => {
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`])
    expect(await ask('/', 'GET', host)).toEqual({ status: 421, body: '' });
  expect((await ask('/', 'GET', `localhost:${port}`)).status).toBe(200);
});

test.each(['/', '/nothing'])('%s: a browser is told what the page may do, and who may not have it', async (path) => {
  const { headers } = await askWithHeaders(path);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-\S+' 'wasm-unsafe-eval'; .*frame-ancestors 'none'$/);
});

test('it takes nothing', async () => expect(await ask('/', 'POST')).toEqual({ status: 405, body: '' }));

test('a port that is taken is told', () =>
  expect(clispin(['web', '--port', port])).toEqual({
    code: 2,
    stdout: '',
    stderr: `clispin web: port ${port} is taken; --port 0 finds one that is free\n`,
  }));

test('Ctrl-C is its end, and all is well', async () => {
  const code = await new Promise((resolve) => {
    server.once('exit', resolve);
    server.kill('SIGINT');
  });
  expect(code).toBe(0);
});
