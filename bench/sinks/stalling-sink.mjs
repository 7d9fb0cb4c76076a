// A receiver that reads the request and answers 200 only after ten seconds.
import { createServer } from 'node:http';

const stallMs = 10_000;

const server = createServer((request, response) => {
  request.resume();
  setTimeout(() => response.writeHead(200, { 'content-length': 0 }).end(), stallMs);
});
server.listen(Number(process.argv[2]), '127.0.0.1', 8192, () => console.log('ready'));
