// A receiver that notes when each delivery arrives, and when its event was published: the time in a header X-Enqueued-At, or in a field
// "sent_at" of the body, in nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share.
// GET returns what arrived since the last GET: [{ sentAt, arrivedAt }].
import { createServer } from 'node:http';

let arrivals = [];

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify(arrivals));
    arrivals = [];
    return;
  }

  let body = '';
  request.setEncoding('latin1');
  request.on('data', (text) => { body += text; });
  request.on('end', () => {
    const arrivedAt = Number(process.hrtime.bigint());
    const sentAt = request.headers['x-enqueued-at'] ?? /"sent_at": "(\d+)"/.exec(body)?.[1];
    if (Number(sentAt) > 0) {
      arrivals.push({ sentAt: Number(sentAt), arrivedAt });
    }

    response.writeHead(200, { 'content-length': 0 }).end();
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', 1024, () => console.log('ready'));
