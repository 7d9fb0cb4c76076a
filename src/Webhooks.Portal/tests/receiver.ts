import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Received {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Receiver {
  url: string;
  /** What came, in its order. */
  received: readonly Received[];
  stop: () => Promise<void>;
}

/** A receiver that answers each POST with the status that the last part of its path names, or with what is said. */
export async function startReceiver(said?: () => number): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await buffer(request) });
    const status = said?.() ?? Number(request.url?.split('/').at(-1));
    response.writeHead(Number.isInteger(status) && status >= 200 ? status : 204, { 'Content-Type': 'text/plain' });
    response.end(`answered with ${status}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
