// `clispin web`: the page of dist/web to browsers of this machine. The page is one file, so a server is two answers: that file, or no.

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { CliError, EXIT } from '../exit-code.ts';
import { readBytes } from '../files.ts';
import type { Command } from '../options.ts';

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

const serve = (page: Uint8Array, wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer(({ method = '', url = '' }, response) => {
      const isRead = method === 'GET' || method === 'HEAD';
      const isPage = /^\/(index\.html)?(\?|$)/.test(url);
      response.writeHead(!isRead ? 405 : isPage ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
      response.end(method === 'GET' && isPage ? page : undefined);
    });
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? 'is taken; --port 0 finds one that is free' : `cannot be used: ${message}`;
      reject(new CliError(`clispin web: port ${wanted} ${reason}`, EXIT.USAGE));
    });
    server.listen(wanted, HOST, () => {
      const address = server.address();
      console.log(`http://${HOST}:${typeof address === 'object' ? address?.port : wanted}/`);
    });
    process.once('SIGINT', () => {
      server.closeAllConnections();
      server.close(() => resolve(EXIT.OK));
    });
  });
