import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { readDocument } from '../scripts/openapi.mjs';

it('openapi.json, which the types are made from, is the server’s own document', async () => {
  const kept = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
  const own = JSON.parse(JSON.stringify(await readDocument(inject('server'))));

  expect(
    kept,
    'It is out of date: run node scripts/openapi.mjs with the URL of a server that ./run has started.',
  ).toEqual(own);
});
