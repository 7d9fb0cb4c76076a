import type { SentRequest } from './request.ts';
import { quote } from './text.ts';

/** Where a request goes whose webhook has no URL, because it is pulled from. */
const ownReceiver = 'http://localhost:3000/';

/** A request as a command, with the very headers and bytes. */
export const curlOf = ({ url, method, headers, body }: SentRequest): string =>
  [
    `curl -X ${method} ${quote(url ?? ownReceiver)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    `--data-raw ${quote(body)}`,
  ].join(' \\\n  ');
