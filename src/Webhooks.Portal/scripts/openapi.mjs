// Writes openapi.json, which the API's types are made from, from a running server's document:
// node scripts/openapi.mjs http://localhost:8084
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A server's OpenAPI document without what no type is made of: the events that receivers get, and examples. */
export async function readDocument(server) {
  const answer = await fetch(new URL('/openapi/v1.json', server));
  if (!answer.ok) {
    throw new Error(`${server} answers ${answer.status}, not its OpenAPI document.`);
  }

  const { openapi, info, paths, components } = await answer.json();
  for (const content of contents(paths)) {
    delete content.example;
    delete content.examples;
  }
  return { openapi, info: { ...info, description: '' }, paths, components: { ...components, examples: undefined } };
}

function* contents(node) {
  for (const [name, value] of Object.entries(node ?? {})) {
    if (name === 'content') {
      yield* Object.values(value);
    } else if (typeof value === 'object') {
      yield* contents(value);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const document = await readDocument(process.argv[2] ?? 'http://localhost:8084');
  writeFileSync(new URL('../openapi.json', import.meta.url), `${JSON.stringify(document, null, 1)}\n`);
}
