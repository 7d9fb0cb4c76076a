// Checks a running server's OpenAPI document as its readers use it: lints it, validates its examples against its schemas, generates a
// TypeScript client, compiles a program against that, and runs it. Arguments: the server, a token, a URL that receives webhooks, a folder
// to work in.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [server, token, receiver, work] = process.argv.slice(2);
process.env.REDOCLY_TELEMETRY = 'off';
process.env.REDOCLY_SUPPRESS_UPDATE_NOTICE = 'true';

for (const file of ['client.ts', 'redocly.yaml', 'package.json']) {
  cpSync(join(here, file), join(work, file));
}
symlinkSync(join(here, 'node_modules'), join(work, 'node_modules'));
const answer = await fetch(`${server}/openapi/v1.json`);
const document = answer.ok ? await answer.json() : fail(`The document is answered with ${answer.status}: ${await answer.text()}`);
writeFileSync(join(work, 'openapi.json'), JSON.stringify(document, null, 2));

await validateExamples();
run('redocly', 'lint', 'openapi.json', '--config', 'redocly.yaml');
run('openapi-typescript', 'openapi.json', '--output', 'openapi.ts');
run(
  'tsc', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', '--types', 'node',
  '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext', 'client.ts');
run(process.execPath, 'client.js', server, token, receiver);
console.log('The document is good.');

function run(program, ...args) {
  const path = program === process.execPath ? program : join(here, 'node_modules', '.bin', program);
  const { status, stdout, stderr } = spawnSync(path, args, { cwd: work, encoding: 'utf8' });
  if (status !== 0) {
    fail(`${program} ended with ${status}:\n${stdout}\n${stderr}`);
  }
}

async function validateExamples() {
  const { default: Ajv } = await import('ajv/dist/2020.js');
  const { default: addFormats } = await import('ajv-formats');
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  ajv.addFormat('int32', true);
  ajv.addSchema(document, 'document');
  let count = 0;
  for (const [pointer, content] of contents({ paths: document.paths, webhooks: document.webhooks }, '')) {
    const validate = ajv.compile({ $ref: `document#${pointer}/schema` });
    if (content.example === undefined || !validate(content.example)) {
      fail(`The example at ${pointer} is not what its schema says: ${JSON.stringify(validate.errors)}`);
    }
    count++;
  }
  if (count < 50) {
    fail(`There are ${count} examples only.`);
  }
}

/** Everything that has a schema within `content`, with its JSON pointer. */
function* contents(node, pointer) {
  for (const [name, value] of Object.entries(node ?? {})) {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
    if (name === 'content') {
      yield* Object.entries(value).map(([type, content]) => [`${at}/${type.replaceAll('/', '~1')}`, content]);
    } else if (typeof value === 'object') {
      yield* contents(value, at);
    }
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
