// `clispin web`: the page of dist/web to browsers of this machine. The page is one file, so a server is two answers: that file, or no.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { CliError, EXIT } from '../exit-code.ts';
import { readBytes } from '../files.ts';
import type { Command } from '../options.ts';
import { sayLine } from '../terminal.ts';

const PAGE = fileURLToPath(new URL('./web/index.html', import.meta.url));
const HOST = '127.0.0.1';
const DEFAULT_PORT = 8080;

export const web: Command = {
  name: 'web',
  operands: '[options]',
  summary: 'Serves the page that runs all of this in a browser, to this machine only, until Ctrl-C.',
  options: [{ name: 'port', short: 'p', value: 'N', help: `where (default ${DEFAULT_PORT}); 0 is any that is free` }],
  run: (args) => {
    if (args.operands.length > 0) throw args.misuse(`'${args.operands[0]}' is not wanted here`);
    return serve(readBytes(PAGE), args.count('port', 0, 65535) ?? DEFAULT_PORT);
  },
};

/** What the page may do: run its own script, with workers and WebAssembly made of it, and load nothing from anywhere. */
const policyOf = (page: Uint8Array): string => {
  const scripts = [...Buffer.from(page).toString('utf8').matchAll(/<script>([\s\S]*?)<\/script>/g)];
  const hashes = scripts.map(([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')} 'wasm-unsafe-eval'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

const headersOf = (page: Uint8Array): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policyOf(page),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
});

/** Names of this machine by which the page is asked for; another one comes from a page that has made its own name point here. */
const isOwnHost = (host: string | undefined, port: number | undefined): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}` || (port === 80 && host === name));

const statusOf = ({ method = '', url = '', headers, socket }: IncomingMessage): number => {
  if (!isOwnHost(headers.host, socket.localPort)) return 421;
  if (method !== 'GET' && method !== 'HEAD') return 405;
  return /^\/(index\.html)?(\?|$)/.test(url) ? 200 : 404;
};

const serve = (page: Uint8Array, wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = headersOf(page);
    const server = createServer((request, response) => {
      const status = statusOf(request);
      response.writeHead(status, headers);
      response.end(request.method === 'GET' && status === 200 ? page : undefined);
    });
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? 'is taken; --port 0 finds one that is free' : `cannot be used: ${message}`;
      reject(new CliError(`clispin web: port ${wanted} ${reason}`, EXIT.USAGE));
    });
    server.listen(wanted, HOST, () => {
      const address = server.address();
      sayLine(`http://${HOST}:${typeof address === 'object' ? address?.port : wanted}/`);
    });
    process.once('SIGINT', () => {
      server.closeAllConnections();
      server.close(() => resolve(EXIT.OK));
    });
  });
