// What every peer in Node.js does for one delivery: signs the body, posts it, requires a 2xx answer.
import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';

const secret = 'whsec_peer_benchmark_shared_secret';
const bodyBytes = 1024;
const timeoutMs = 15_000;

/** The deliveries of an event, one for each URL that it goes to; each has its own copy of the body. */
export function deliveriesOf(sequence, fanOut, urls) {
  const body = bodyOf(sequence);
  return Array.from({ length: fanOut }, (_, subscriber) => {
    const id = sequence * fanOut + subscriber;
    return { id, url: urls[id % urls.length], body };
  });
}

/** Returns post(delivery), which uses at most so many connections to a receiver and keeps them. */
export function openSender(connections) {
  const dispatcher = new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return async ({ url, body, enqueuedAt }) => {
    const headers = {
      'content-type': 'application/json',
      'x-webhook-signature': createHmac('sha256', secret).update(body).digest('hex'),
    };
    if (enqueuedAt) {
      headers['x-enqueued-at'] = String(enqueuedAt);
    }

    const response = await request(url, { method: 'POST', headers, body, dispatcher });
    await response.body.dump();
    if (response.statusCode < 200 || response.statusCode > 299) {
      throw new Error(`status ${response.statusCode}`);
    }

    return response.statusCode;
  };
}

function bodyOf(sequence) {
  const head = `{"id":"evt_${String(sequence).padStart(12, '0')}","type":"order.updated","data":{"note":"`;
  const tail = '"}}';
  return head + 'x'.repeat(bodyBytes - head.length - tail.length) + tail;
}
