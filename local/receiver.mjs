// A receiver to try Webhooks with: answers 200 to every request and shows it. Argument: the port on localhost (9000).
import { createServer } from 'node:http';

const port = Number(process.argv[2] ?? 9000);
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  response.end();
  const headers = Object.entries(request.headers).filter(([name]) => name.includes('webhook'));
  console.log([`${request.method} ${request.url}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', body, ''].join('\n'));
});
server.on('error', (error) => {
  console.error(`error: Port ${port} cannot be used (${error.code}). Choose another: node local/receiver.mjs ${port + 1}`);
  process.exitCode = 1;
});
server.listen(port, '127.0.0.1', () => console.log(`Receiving on http://localhost:${port}; Ctrl-C stops.\n`));
